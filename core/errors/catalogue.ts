/** Whose fault a problem is, and so how it is shown: a user's slip without a stack, a plugin's with its name. */
export type Blame = 'user' | 'plugin' | 'environment' | 'core';

interface Entry {
  readonly blame: Blame;
  readonly meaning: string;
  readonly hint: string;
}

/** Every code Belfry can report. Codes are permanent: they may be added, never renamed or reused. */
export const catalogue = {
  UNEXPECTED: {
    blame: 'core',
    meaning: 'Something happened that Belfry did not foresee.',
    hint: 'Please report this with the output of `belfry doctor` and the message above.',
  },

  // Engine
  ENGINE_UNREACHABLE: {
    blame: 'environment',
    meaning: 'The engine did not answer at the given address.',
    hint: 'Is Docker running, and may this user open its socket? Set DOCKER_HOST or --host if it is elsewhere.',
  },
  ENGINE_HOST_INVALID: {
    blame: 'user',
    meaning: 'The address of the engine cannot be understood.',
    hint: 'Use unix:///path/docker.sock, tcp://host:2375, or tcp://host:2376 with DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH.',
  },
  ENGINE_API_TOO_OLD: {
    blame: 'environment',
    meaning: 'The engine speaks an API older than 1.41, the oldest Belfry knows.',
    hint: 'Update the engine to 20.10 or newer.',
  },
  ENGINE_TIMEOUT: {
    blame: 'environment',
    meaning: 'The engine did not answer a call within its deadline.',
    hint: 'Look at the engine’s own log; a hung engine usually needs a restart of its service.',
  },
  ENGINE_FORBIDDEN: {
    blame: 'environment',
    meaning: 'The engine, or a proxy in front of it, refuses an endpoint that Belfry needs.',
    hint: 'Allow the endpoint on the socket proxy; `belfry doctor` lists all that are needed.',
  },
  ENGINE_NOT_FOUND: {
    blame: 'environment',
    meaning: 'The engine does not know the container, image or network.',
    hint: 'Someone removed it meanwhile; the next cycle looks again.',
  },
  ENGINE_CONFLICT: {
    blame: 'environment',
    meaning: 'The engine refuses a change because it conflicts with its present state, such as a name in use.',
    hint: 'Someone else changed the same container meanwhile; the next cycle looks again.',
  },
  ENGINE_REFUSED: {
    blame: 'environment',
    meaning: 'The engine rejects the request as invalid.',
    hint: 'The message is the engine’s own; it names the setting it does not accept.',
  },
  ENGINE_FAILED: {
    blame: 'environment',
    meaning: 'The engine accepted the request and then failed at it.',
    hint: 'The message is the engine’s own.',
  },
  ENGINE_NO_SPACE: {
    blame: 'environment',
    meaning: 'The engine’s disk is full.',
    hint: 'Free space on the engine’s disk, for example with `docker image prune`.',
  },
  ENGINE_ANSWER_INVALID: {
    blame: 'environment',
    meaning: 'The engine’s answer was cut short or is not what its API promises.',
    hint: 'A proxy in front of the engine may be at fault; try without it.',
  },

  // Images
  PULL_FAILED: {
    blame: 'environment',
    meaning: 'The engine could not pull the image.',
    hint: 'The message is the engine’s own. Nothing was changed; the next cycle tries again.',
  },
  PULL_INCOMPLETE: {
    blame: 'environment',
    meaning: 'The pull ended without an error, yet the image is not on the engine.',
    hint: 'Nothing was changed; the next cycle tries again.',
  },
  IMAGE_PLATFORM_MISMATCH: {
    blame: 'environment',
    meaning: 'The new image is for another platform than the one in use.',
    hint: 'The publisher may have dropped this platform. Stay on the present image, or choose another tag.',
  },

  // Registry
  REFERENCE_INVALID: {
    blame: 'user',
    meaning: 'An image reference cannot be understood.',
    hint: 'A reference looks like registry.example.org/team/app:1.2 or app@sha256:….',
  },
  REGISTRY_UNREACHABLE: {
    blame: 'environment',
    meaning: 'The registry could not be reached.',
    hint: 'Check name resolution, proxy settings and the registry itself; the next cycle tries again.',
  },
  REGISTRY_TIMEOUT: {
    blame: 'environment',
    meaning: 'The registry did not answer in time.',
    hint: 'The next cycle tries again.',
  },
  REGISTRY_TLS: {
    blame: 'environment',
    meaning: 'The registry’s certificate is not trusted.',
    hint: 'Give its CA under registries.HOST.ca, or mark a plain-HTTP or self-signed host with registries.HOST.insecure.',
  },
  REGISTRY_UNAUTHORIZED: {
    blame: 'user',
    meaning: 'The registry wants credentials, or refuses those it was given (401 or 403).',
    hint: 'Run `docker login`, or give credentials under registries.HOST; `belfry doctor` shows which were found. A misspelled name answers the same on many registries.',
  },
  REGISTRY_NOT_FOUND: {
    blame: 'environment',
    meaning: 'The registry does not know the repository or the tag (404).',
    hint: 'The tag may have been removed or the repository renamed. The container is left as it is.',
  },
  REGISTRY_RATE_LIMITED: {
    blame: 'environment',
    meaning: 'The registry asks to be left alone for a while (429).',
    hint: 'Log in to raise the limit, or check less often. The next cycle tries again.',
  },
  REGISTRY_FAILED: {
    blame: 'environment',
    meaning: 'The registry answered with an error of its own (5xx).',
    hint: 'The next cycle tries again.',
  },
  REGISTRY_ANSWER_INVALID: {
    blame: 'environment',
    meaning: 'The registry’s answer is not what the distribution specification promises, or its digest does not match.',
    hint: 'A captive portal or a proxy may be answering in its place.',
  },
  REGISTRY_TAGS_TOO_MANY: {
    blame: 'environment',
    meaning: 'The repository has more tags than Belfry reads, so that the newest cannot be told.',
    hint: 'Let the container follow no versions: remove its belfry.follow labels, or its entry under follow.',
  },
  REGISTRY_PLATFORM_MISSING: {
    blame: 'environment',
    meaning: 'The registry serves no image for this platform under the tag.',
    hint: 'The publisher may have dropped this platform. The container is left as it is.',
  },
  REGISTRY_MANIFEST_UNSUPPORTED: {
    blame: 'environment',
    meaning: 'The tag is not a container image of a kind Belfry knows.',
    hint: 'Docker schema 1 and artifacts that are no images cannot be run.',
  },
  CREDENTIALS_INVALID: {
    blame: 'user',
    meaning: 'The stored registry credentials cannot be read.',
    hint: 'Mend the Docker config.json it names, or run `docker login` again.',
  },
  CREDENTIALS_HELPER_FAILED: {
    blame: 'environment',
    meaning: 'A docker-credential helper is missing or failed.',
    hint: 'Install the helper on Belfry’s PATH, or remove it from the Docker config.json.',
  },

  // Why a workload is not touched
  SWARM_TASK: {
    blame: 'environment',
    meaning: 'The container is a task of a Swarm service.',
    hint: 'Swarm replaces its tasks itself: update the service.',
  },
  KUBERNETES_POD: {
    blame: 'environment',
    meaning: 'The container belongs to a Kubernetes pod.',
    hint: 'Kubernetes replaces its containers itself: update the workload there.',
  },
  PODMAN_INFRA: {
    blame: 'environment',
    meaning: 'The container is the infra container of a Podman pod.',
    hint: 'It holds the pod’s namespaces and has no application to update.',
  },
  NAME_RESERVED: {
    blame: 'environment',
    meaning: 'The container has a name that Belfry uses for parked containers.',
    hint: 'If it is a leftover that `belfry recover` does not resolve, rename or remove it by hand.',
  },
  OWN_CONTAINER: {
    blame: 'environment',
    meaning: 'This is the container Belfry itself runs in, and Belfry cannot have it replaced.',
    hint: 'Mend what the reason names, or recreate it from outside, for example with `docker compose up -d`.',
  },
  OWN_CONNECTION: {
    blame: 'environment',
    meaning: 'Belfry reaches the engine through this container, and would be cut off by its replacement.',
    hint: 'Recreate it from outside, for example with `docker compose up -d`, or give Belfry another way to the engine.',
  },
  SELF_UPDATE: {
    blame: 'environment',
    meaning: 'This is the container Belfry itself runs in: a helper container replaces it after the cycle.',
    hint: 'Nothing to do: the helper’s own cycle says how it ended.',
  },
  HAS_DEPENDANTS: {
    blame: 'environment',
    meaning:
      'Another container uses this one’s namespaces, volumes or links and would have to be made anew, but may not.',
    hint: 'The message says why: lift that label, scope or exclusion, or recreate both with the tool that made them.',
  },
  DEPENDENCY_CYCLE: {
    blame: 'user',
    meaning: 'The container depends on itself by way of others, so there is no order in which to replace them.',
    hint: 'Look at depends_on, links and the depends-on labels of this container and of those it names.',
  },
  HELD_BACK: {
    blame: 'environment',
    meaning: 'The container is replaced only together with another one, whose replacement did not come about.',
    hint: 'The message names the other container; its own entry says what is wrong. Nothing was stopped.',
  },
  SETTING_NOT_CARRIED: {
    blame: 'environment',
    meaning: 'The container has a setting that Belfry cannot carry over to a new one safely.',
    hint: 'Recreate this container with the tool that made it.',
  },
  FILES_NOT_CARRIED: {
    blame: 'environment',
    meaning: 'Compose may have copied configs or secrets into the container, and Belfry cannot carry them over safely.',
    hint: 'Recreate it with `docker compose up -d`, or let the configs and secrets come from files, which are mounted.',
  },
  STATE_UNSUITABLE: {
    blame: 'environment',
    meaning:
      'The container is paused, restarting, being removed or recreated, so its replacement could not be verified.',
    hint: 'It is looked at again in the next cycle.',
  },
  AUTOREMOVE: {
    blame: 'user',
    meaning: 'The engine removes this container as it stops (--rm), so its replacement needs a writable state folder.',
    hint: 'Give Belfry a state folder with --state, or start the container without --rm.',
  },
  MONITOR_ONLY: {
    blame: 'user',
    meaning: 'Updates of this container are reported, not applied.',
    hint: 'Remove the monitor-only label or setting to have it updated.',
  },
  PINNED: {
    blame: 'user',
    meaning: 'The container names its image by digest.',
    hint: 'A digest never changes; use a tag to receive updates.',
  },
  IMAGE_LOCAL: {
    blame: 'environment',
    meaning: 'The image was built on this engine, or its registry has it no longer.',
    hint: 'Belfry never replaces a local image by one of the same name elsewhere; if it is not local, pull it and recreate the container once.',
  },
  DENIED: {
    blame: 'user',
    meaning: 'Somebody said no to this very image with `belfry deny`.',
    hint: '`belfry approve NAME` takes that back. Another image is asked about anew.',
  },
  DIGEST_REJECTED: {
    blame: 'environment',
    meaning: 'This very image failed before and was rolled back, or somebody rolled back from it.',
    hint: 'It is tried again when the registry serves another one, or now with `belfry update NAME --force`.',
  },
  FOLLOW_PATTERN_FAILED: {
    blame: 'user',
    meaning: 'A regular expression that chooses among tags took longer than a second on those of a repository.',
    hint: 'Simplify the pattern in the follow labels or under follow: begin it with ^, and repeat nothing that can match in several ways.',
  },
  LABEL_INVALID: {
    blame: 'user',
    meaning: 'A label of the container cannot be understood, or the plugin that it is for is not in force.',
    hint: 'Mend the label or name the plugin under `plugins`; until then the container is left as it is.',
  },
  PLATFORM_UNKNOWN: {
    blame: 'environment',
    meaning: 'The platform of the running image cannot be determined.',
    hint: 'Pull its image once by hand so that the engine knows it again.',
  },
  GATE_REFUSED: {
    blame: 'user',
    meaning: 'A gate refused or postponed the update.',
    hint: 'The reason is the gate’s own.',
  },
  GATE_FAILED: {
    blame: 'plugin',
    meaning: 'A gate failed, which counts as a refusal.',
    hint: 'Mend or remove the plugin it names; until then the update waits.',
  },
  DRY_RUN: {
    blame: 'user',
    meaning: 'The update would be applied, but this run only shows what would happen.',
    hint: 'Run `belfry update` without --dry-run to apply it.',
  },
  CYCLE_STOPPED: {
    blame: 'user',
    meaning: 'Belfry was asked to stop before this container’s turn came.',
    hint: 'The next cycle takes it up again.',
  },

  // Replacement
  NAME_TAKEN: {
    blame: 'environment',
    meaning: 'A container by one of Belfry’s own parking names exists already.',
    hint: 'It is not Belfry’s to remove: rename or remove it by hand.',
  },
  SETTINGS_LOST: {
    blame: 'core',
    meaning: 'The new container, not yet started, lacks settings of the old one, so it was discarded.',
    hint: 'The original was not touched. Please report the settings it names.',
  },
  CONTAINER_CHANGED: {
    blame: 'environment',
    meaning: 'Someone else changed, renamed or removed the container during its update.',
    hint: 'It is left as they made it; the next cycle looks again.',
  },
  START_FAILED: {
    blame: 'environment',
    meaning: 'The new container did not start.',
    hint: 'The message is the engine’s own. The original was put back.',
  },
  UNHEALTHY: {
    blame: 'environment',
    meaning: 'The new container started but did not pass its health checks.',
    hint: 'Its last log lines are attached. The original was put back; this image is not tried again by itself.',
  },
  GROUP_ROLLED_BACK: {
    blame: 'environment',
    meaning: 'The container was put back together with another one, with which it is replaced as one.',
    hint: 'The message names the other container; its own entry says what failed. This image may be tried again.',
  },
  DEPENDANT_FAILED: {
    blame: 'environment',
    meaning: 'A container that hangs on this one did not come up beside its new image, so both were put back.',
    hint: 'Look at the log lines of the other container. This image is not tried again by itself.',
  },
  ROLLBACK_FAILED: {
    blame: 'environment',
    meaning: 'The original container could not be brought back to the state it had.',
    hint: 'Its container still exists under its own name; Belfry starts it as soon as it can. `docker start NAME` shows what hinders it.',
  },
  STOPPED_BY_SIGNAL: {
    blame: 'user',
    meaning: 'Belfry was asked to stop during this update and undid it.',
    hint: 'The next cycle takes it up again.',
  },
  RECOVERY_AMBIGUOUS: {
    blame: 'environment',
    meaning: 'Containers by Belfry’s parking names are in a combination that no interrupted update leaves.',
    hint: 'Someone else was here. Look at them with `docker ps -a` and remove what is not needed.',
  },
  RECOVERED: {
    blame: 'environment',
    meaning: 'An update was interrupted, and its container has been put back in order.',
    hint: 'Nothing to do.',
  },
  CLEANUP_FAILED: {
    blame: 'environment',
    meaning: 'An image could not be removed.',
    hint: 'The update itself is done. The message is the engine’s own.',
  },
  WORKLOAD_UNKNOWN: {
    blame: 'user',
    meaning: 'No container has this name, or it is not among those Belfry watches.',
    hint: '`docker ps -a` lists the names; filters and scope may exclude it.',
  },
  NOTHING_TO_APPROVE: {
    blame: 'user',
    meaning: 'There is no newer image of this container to approve or deny.',
    hint: '`belfry check NAME` shows what there is.',
  },
  NOTHING_TO_ROLL_BACK: {
    blame: 'user',
    meaning: 'The journal knows no earlier image of this container.',
    hint: '`belfry history NAME` shows what is known.',
  },

  // Configuration and command line
  CONFIG_UNREADABLE: {
    blame: 'user',
    meaning: 'The configuration file cannot be read.',
    hint: 'Check the path given by --config or BELFRY_CONFIG, and its permissions.',
  },
  CONFIG_SYNTAX: {
    blame: 'user',
    meaning: 'The configuration file is not valid JSON or YAML.',
    hint: 'The message names the place; an editor that knows JSON or YAML marks it.',
  },
  CONFIG_INVALID: {
    blame: 'user',
    meaning: 'A setting has a value that cannot be used.',
    hint: '`belfry config schema` prints what each setting accepts.',
  },
  CONFIG_UNKNOWN_KEY: {
    blame: 'user',
    meaning: 'The configuration has a key that does not exist.',
    hint: '`belfry config schema` prints all keys.',
  },
  CONFIG_CONFLICT: {
    blame: 'user',
    meaning: 'Two settings contradict each other.',
    hint: 'Keep one of them.',
  },
  SECRET_MISSING: {
    blame: 'user',
    meaning: 'The configuration refers to an environment variable or file that does not exist.',
    hint: 'Set the variable, or mount the file.',
  },
  FLAG_UNKNOWN: {
    blame: 'user',
    meaning: 'The command line has a flag that does not exist.',
    hint: '`belfry COMMAND --help` lists its flags and what they accept; without a command it is `belfry watch --help`.',
  },
  FLAG_INVALID: {
    blame: 'user',
    meaning: 'A flag or an argument has a value that cannot be used.',
    hint: '`belfry COMMAND --help` lists its flags and what they accept; without a command it is `belfry watch --help`.',
  },
  VARIABLE_INVALID: {
    blame: 'user',
    meaning: 'An environment variable has a value that cannot be used.',
    hint: 'Set it to what the message says, or unset it; docs/configuration.md lists all variables.',
  },
  COMMAND_UNKNOWN: {
    blame: 'user',
    meaning: 'There is no such command.',
    hint: '`belfry --help` lists all commands.',
  },
  ARGUMENT_MISSING: {
    blame: 'user',
    meaning: 'The command needs an argument that was not given.',
    hint: '`belfry COMMAND --help` shows its use.',
  },
  ARGUMENT_UNEXPECTED: {
    blame: 'user',
    meaning: 'The command cannot use an argument that it was given.',
    hint: '`belfry COMMAND --help` shows its use.',
  },
  WATCHTOWER_UNSUPPORTED: {
    blame: 'user',
    meaning: 'A Watchtower setting is not supported yet, and ignoring it could touch more than was meant.',
    hint: 'Remove it, or narrow what is watched with names, labels or a scope instead.',
  },
  NOTIFICATION_URL_INVALID: {
    blame: 'user',
    meaning: 'The address of a notifier cannot be used. It is a secret, so only its service is shown.',
    hint: '"Coming from Watchtower" in docs/notifications.md shows the form of each service’s address.',
  },
  NOTIFICATION_SERVICE_UNKNOWN: {
    blame: 'user',
    meaning: 'The address of a notifier is one of a service that no notifier reaches.',
    hint: 'Give the notifier webhook or script under `plugins`: they reach everything that takes requests or runs as a program.',
  },
  NOTIFICATION_SETTING_MISSING: {
    blame: 'user',
    meaning: 'One of Watchtower’s notification services is asked for, and a setting that it needs is missing.',
    hint: 'Give what is missing, or the address of the service as `notificationUrl`.',
  },

  // State folder
  STATE_UNWRITABLE: {
    blame: 'environment',
    meaning: 'No state folder can be written, so nothing is remembered across restarts.',
    hint: 'Give one with --state or BELFRY_STATE_DIR.',
  },
  STATE_PATH_TOO_LONG: {
    blame: 'user',
    meaning: 'The path of the state folder is too long for a Unix socket.',
    hint: 'Choose a shorter one with --state.',
  },
  JOURNAL_FAILED: {
    blame: 'environment',
    meaning: 'The journal cannot be written.',
    hint: 'Free space on its disk, or check the permissions of the state folder. No update begins until it can be written.',
  },
  BUSY: {
    blame: 'environment',
    meaning: 'Another Belfry is at work on this engine and cannot take the request now.',
    hint: 'Wait for it to finish and try again.',
  },
  NOT_RUNNING: {
    blame: 'environment',
    meaning: 'No Belfry watches this engine, so there is none to be asked.',
    hint: 'Start it with `belfry`; it reads its configuration then.',
  },
  RELOAD_NEEDS_RESTART: {
    blame: 'user',
    meaning: 'A setting was changed that a running Belfry cannot change.',
    hint: 'Restart Belfry to put it in force, or take the change back to reload the rest.',
  },
  CONTROL_FAILED: {
    blame: 'environment',
    meaning: 'The running Belfry went away before it had answered.',
    hint: '`belfry history` shows how far it came.',
  },
  CONTROL_REQUEST_INVALID: {
    blame: 'core',
    meaning: 'The running Belfry does not understand the request.',
    hint: 'It is probably of another version than this command: restart it after an update.',
  },

  // Plugins: finding and loading them
  PLUGIN_NOT_FOUND: {
    blame: 'user',
    meaning: 'A plugin named in the configuration cannot be found.',
    hint: 'Built-in plugins go by name (`belfry plugins` lists them), files by a path that begins with ./ or /.',
  },
  PLUGIN_EXISTS: {
    blame: 'user',
    meaning: 'A new plugin would overwrite a file that is there.',
    hint: 'Nothing was written. Give it another name, or remove the file.',
  },
  PLUGIN_FILE_UNSUPPORTED: {
    blame: 'user',
    meaning: 'A plugin’s path leads to a folder, or to a file of a kind that is no plugin.',
    hint: 'A plugin is a file that ends in .mts, .ts, .mjs or .js.',
  },
  PLUGIN_SYNTAX: {
    blame: 'plugin',
    meaning: 'A plugin’s file is not valid JavaScript or TypeScript.',
    hint: 'The message names the file and the line.',
  },
  PLUGIN_IMPORT_MISSING: {
    blame: 'plugin',
    meaning: 'A plugin imports a package, a file or an export that does not exist.',
    hint: 'Install what it names beside the plugin, or mend the import.',
  },
  PLUGIN_LOAD_FAILED: {
    blame: 'plugin',
    meaning: 'A plugin’s file failed as it was loaded.',
    hint: 'The message is the plugin’s own.',
  },
  PLUGIN_LOAD_TIMEOUT: {
    blame: 'plugin',
    meaning: 'A plugin’s file took too long to load.',
    hint: 'What takes its time belongs in `setup`, or where it is first needed, not at the top of the file.',
  },
  PLUGIN_NO_EXPORT: {
    blame: 'plugin',
    meaning: 'A plugin’s file has no default export.',
    hint: 'A plugin file ends with `export default definePlugin({ … })`.',
  },
  PLUGIN_EXPORT_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin’s default export is not an object, but a function, a class, a promise or something else.',
    hint: 'Export what definePlugin returns: `export default definePlugin({ … })`.',
  },

  // Plugins: what they say of themselves
  PLUGIN_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin does not have the shape that definePlugin or defineNotifier describes.',
    hint: 'plugins/README.md describes it.',
  },
  PLUGIN_API_VERSION: {
    blame: 'plugin',
    meaning: 'A plugin was written for another version of the plugin API.',
    hint: 'This Belfry speaks API version 1.',
  },
  PLUGIN_NAME_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin’s `name` is missing or not in kebab-case.',
    hint: 'Small letters, digits and hyphens, beginning with a letter, such as maintenance-window.',
  },
  PLUGIN_SUMMARY_MISSING: {
    blame: 'plugin',
    meaning: 'A plugin has no `summary`.',
    hint: 'Give it one sentence that says what it does; `belfry plugins` shows it.',
  },
  PLUGIN_SETUP_MISSING: {
    blame: 'plugin',
    meaning: 'A plugin has no `setup` function.',
    hint: 'Decisions and event handlers are returned by `setup`: `setup: (context) => ({ … })`.',
  },
  PLUGIN_SCHEMA_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin’s `config` is not a schema.',
    hint: 'Give a Standard Schema, such as z.strictObject({ … }) with the z of belfry/plugin; leave it out where there is nothing to configure.',
  },
  PLUGIN_LABELS_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin’s `labels` are not sentences by label.',
    hint: 'Write `labels: { suffix: "What belfry.suffix is for." }`.',
  },
  PLUGIN_REQUIRES_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin’s `requires` is not a list of what Belfry can lend.',
    hint: 'It can lend state, routes, logs, exec and registry.',
  },
  PLUGIN_FIELD_UNKNOWN: {
    blame: 'plugin',
    meaning: 'A plugin has a field that does not exist.',
    hint: 'Decisions, `on`, `deliver`, `preview` and `dispose` are not fields of the plugin: `setup` returns them.',
  },

  // Plugins: setting them up
  PLUGIN_CONFIG_INVALID: {
    blame: 'user',
    meaning: 'The configuration of a plugin is not what it accepts.',
    hint: 'Its README lists its settings.',
  },
  PLUGIN_CONFIG_UNEXPECTED: {
    blame: 'user',
    meaning: 'A plugin that takes no configuration was given one.',
    hint: 'Remove its `config`.',
  },
  PLUGIN_SCHEMA_FAILED: {
    blame: 'plugin',
    meaning: 'A plugin’s schema failed itself, or gave an answer that is none, while it checked the configuration.',
    hint: 'Report it to the plugin’s author.',
  },
  PLUGIN_CAPABILITY_MISSING: {
    blame: 'environment',
    meaning: 'A plugin requires something of the engine that it, or the proxy before it, does not allow.',
    hint: 'Allow the endpoints it names, or turn the plugin off with `"enabled": false`.',
  },
  PLUGIN_CAPABILITY_UNDECLARED: {
    blame: 'plugin',
    meaning: 'A plugin uses something of its context that it does not name in `requires`.',
    hint: 'Add it to the plugin’s `requires`.',
  },
  PLUGIN_DUPLICATE: {
    blame: 'user',
    meaning: 'Two plugin instances have the same name.',
    hint: 'Give one of them another `name`.',
  },
  PLUGIN_SETUP_FAILED: {
    blame: 'plugin',
    meaning: 'A plugin’s set-up failed.',
    hint: 'The message is the plugin’s own.',
  },
  PLUGIN_SETUP_TIMEOUT: {
    blame: 'plugin',
    meaning: 'A plugin’s set-up took too long.',
    hint: 'Connect to others where it is first needed, with a time-out, and not in `setup`.',
  },
  PLUGIN_WIRING_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin’s set-up returned something that is no object.',
    hint: 'Return an object, `{}` where there is nothing to do. An arrow function needs parentheses around it: `setup: () => ({ … })`.',
  },
  PLUGIN_UNKNOWN_KEY: {
    blame: 'plugin',
    meaning:
      'A plugin’s set-up returned something that is neither `on`, a decision, `deliver`, `preview` nor `dispose`.',
    hint: 'The message names the nearest right one.',
  },
  PLUGIN_UNKNOWN_EVENT: {
    blame: 'plugin',
    meaning: 'A plugin listens to an event that does not exist.',
    hint: 'The README lists all events.',
  },
  PLUGIN_HANDLER_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin’s decision, event handler, `deliver`, `preview` or `dispose` is not a function.',
    hint: 'Give the function itself, not what it returns.',
  },

  // Plugins: at work
  PLUGIN_FAILED: {
    blame: 'plugin',
    meaning: 'A plugin threw or rejected in one of its functions.',
    hint: 'The update itself was not harmed. Report it to the plugin’s author.',
  },
  PLUGIN_TIMEOUT: {
    blame: 'plugin',
    meaning: 'A plugin took too long in one of its functions.',
    hint: 'A call that never ends is usually a promise without a time-out of its own: pass on `signal`.',
  },
  PLUGIN_MUTATION: {
    blame: 'plugin',
    meaning: 'A plugin tried to change what it was given: events and plans are frozen.',
    hint: 'Copy it before changing it, as in `{ ...plan }` or `structuredClone(event)`.',
  },
  PLUGIN_EXIT: {
    blame: 'plugin',
    meaning: 'A plugin tried to end the whole process, and was kept from it.',
    hint: 'A plugin throws an error or gives a verdict; only Belfry ends Belfry.',
  },
  PLUGIN_DISPOSED: {
    blame: 'plugin',
    meaning: 'A plugin used its context after it had been disposed of.',
    hint: 'End timers and connections in `dispose`, or when `signal` aborts.',
  },
  PLUGIN_STRAY: {
    blame: 'plugin',
    meaning: 'A plugin failed outside of any call: in a timer, a callback or a promise that nobody waits for.',
    hint: 'Await every promise, and catch what timers and callbacks throw.',
  },
  PLUGIN_VERDICT_INVALID: {
    blame: 'plugin',
    meaning: 'A plugin answered a decision with something that is not one of its verdicts.',
    hint: 'Use the functions that belfry/plugin exports, such as defer(…) or healthy().',
  },
  PLUGIN_TEST_MISSING: {
    blame: 'user',
    meaning: 'A test of a plugin that was to be run is not there, or has no test in it.',
    hint: 'Name files, or folders that have such: a test’s file ends in .test.mts or .test.ts, and calls `test` of node:test.',
  },
  PLUGIN_ANSWER_INVALID: {
    blame: 'plugin',
    meaning: 'A notifier answered a delivery, or what it would send, with something that is no such answer.',
    hint: '`deliver` returns `{ outcome: "sent" }`, or another outcome that the plugin guide lists; `preview` `{ text, sends }`.',
  },
  PATTERN_TOO_SLOW: {
    blame: 'user',
    meaning: 'A pattern takes so long on some text that it was given up.',
    hint: 'Write it so that no part of it can match the same characters in several ways.',
  },
  TEMPLATE_INVALID: {
    blame: 'user',
    meaning: 'A template of a notifier cannot be read, or makes something that its service does not take.',
    hint: 'Correct the template at the place that the message names; docs/notifications.md says what templates may hold.',
  },
  TEMPLATE_UNKNOWN_NAME: {
    blame: 'user',
    meaning: 'A template of a notifier uses a name that no report has.',
    hint: 'Use the name that is suggested, or one of those in docs/notifications.md.',
  },
  HTTP_FAILED: {
    blame: 'environment',
    meaning: 'A request that a plugin made got no answer.',
    hint: 'Check the address, the network and the certificate.',
  },
  HOOK_FAILED: {
    blame: 'user',
    meaning: 'A command or program that was to run around an update failed.',
    hint: 'The message has its last words. The update itself was not harmed.',
  },
  PROGRAM_UNAVAILABLE: {
    blame: 'user',
    meaning: 'A program that a plugin is to run on Belfry’s own machine cannot be started.',
    hint: 'Check its path and that it is executable. Where Belfry runs in a container, the program must be there too: mount it.',
  },
  DELIVERY_GIVEN_UP: {
    blame: 'environment',
    meaning: 'A message could not be delivered.',
    hint: 'The message says what its destination answered. `belfry notify outbox retry` sends it after all.',
  },
  NOTIFIER_UNKNOWN: {
    blame: 'user',
    meaning: 'A command names a notifier that is not configured where it would have to act.',
    hint: '`belfry notify status` shows the names. A Belfry that runs knows those that were configured when it started or was last reloaded; `belfry plugins reload` makes it read the file anew.',
  },
  CYCLE_UNKNOWN: {
    blame: 'user',
    meaning: 'A command asks for the last run, and the journal holds none.',
    hint: 'Leave out `--from last-run`, or let Belfry run once.',
  },
  MESSAGE_UNKNOWN: {
    blame: 'user',
    meaning: 'A command names a message that is not in the outbox.',
    hint: '`belfry notify outbox list` shows those that are; one that was delivered is not kept.',
  },

  // Demo
  DEMO_NEEDS_ENGINE: {
    blame: 'environment',
    meaning: 'There is no engine to show the demo on, and none can be installed here.',
    hint: 'Install Docker, or run as root on Debian with apt-get (packages docker.io docker-registry).',
  },
  DEMO_PART_FAILED: {
    blame: 'environment',
    meaning: 'The engine, the registry or an image that the demo sets up for itself did not come about.',
    hint: 'The message is that part’s own. On Debian the packages docker.io docker-registry iptables busybox-static hold all it needs.',
  },
} as const satisfies Record<string, Entry>;

export type Code = keyof typeof catalogue;

export const isCode = (text: string): text is Code => Object.hasOwn(catalogue, text);
