// Stands in for packages that dockerode loads at once and Belfry never needs: ssh hosts and BuildKit sessions.
export default {};
