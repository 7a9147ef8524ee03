import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { components, inCircles, inOrder, type Needs, reach } from '../../../core/cycle/groups/graph.ts';

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const needs: fc.Arbitrary<Needs> = fc
  .array(fc.tuple(fc.constantFrom(...letters), fc.constantFrom(...letters)), { maxLength: 14 })
  .map((pairs) => new Map(letters.map((node) => [node, pairs.flatMap(([from, to]) => (from === node ? [to] : []))])));

describe('what depends on what', () => {
  test('FM53: is followed to the end of every chain', () => {
    const chain = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['d', 'a']],
    ]);
    assert.deepEqual([...reach(['a'], chain)].toSorted(), ['a', 'b', 'c', 'd']);
    assert.deepEqual([...reach(['d'], chain)], []);
  });

  test('FM52: is a circle only for those that are in it', () => {
    const graph = new Map([
      ['before', ['a']],
      ['a', ['b']],
      ['b', ['a', 'after']],
      ['self', ['self']],
    ]);
    assert.deepEqual([...inCircles(['before', 'a', 'b', 'after', 'self'], graph)], ['a', 'b', 'self']);
  });

  test('is in order where each comes after all it needs, whatever the graph', () => {
    fc.assert(
      fc.property(needs, (graph) => {
        const order = inOrder(letters, graph);
        assert.deepEqual(order.toSorted(), letters);
        const circles = inCircles(letters, graph);
        const led = reach(circles, graph);
        for (const [node, all] of graph) {
          if (circles.has(node)) continue;
          for (const need of all) {
            // Where something needed is in a circle, that is broken somewhere, and what it leads to stays in order.
            if (circles.has(need) || led.has(need)) continue;
            assert.ok(order.indexOf(need) < order.indexOf(node), `${need} before ${node}: ${order.join()}`);
          }
        }
      }),
    );
  });

  test('keeps the order given where nothing else decides, and puts a high rank last', () => {
    assert.deepEqual(inOrder(['c', 'a', 'b'], new Map()), ['c', 'a', 'b']);
    assert.deepEqual(
      inOrder(['c', 'a', 'b'], new Map(), (node) => Number(node === 'c')),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(
      inOrder(['c', 'a', 'b'], new Map([['a', ['c']]]), (node) => Number(node === 'c')),
      ['b', 'c', 'a'],
    );
  });

  test('falls into parts that no pair connects', () => {
    fc.assert(
      fc.property(needs, (graph) => {
        const pairs = [...graph].flatMap(([from, all]) => all.map((to) => [from, to] as const));
        const parts = components(letters, pairs);
        assert.deepEqual(parts.flat().toSorted(), letters);
        const partOf = (node: string) => parts.findIndex((part) => part.includes(node));
        for (const [from, to] of pairs) assert.equal(partOf(from), partOf(to));
        const both = new Map(
          letters.map((node) => [node, pairs.flatMap(([a, b]) => (a === node ? [b] : b === node ? [a] : []))]),
        );
        for (const part of parts) {
          const [first = ''] = part;
          assert.deepEqual(new Set([first, ...reach([first], both)]), new Set(part));
        }
      }),
    );
  });
});
