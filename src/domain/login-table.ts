import { hash } from 'node:crypto';
import { foldLogin } from './adoption.ts';

const SMALLEST = 1 << 10;

/** Whose login it is: the number of a source, and the person's id there. */
export interface LoginOwner {
  source: number;
  id: number;
}

/**
 * Who has which login, as Okta compares them, in 24 to 48 bytes a person: of a login it keeps 64 bits of a hash, so
 * that of a million logins two are taken for one with a chance of 1 in 37 million.
 */
export class LoginTable {
  #size = 0;
  #hashes = new BigUint64Array(SMALLEST);
  #ids = new Float64Array(SMALLEST);
  #sources = new Uint16Array(SMALLEST);

  get size(): number {
    return this.#size;
  }

  find(login: string): LoginOwner | null {
    const place = this.#placeOf(hashOf(login));
    return this.#hashes[place] === 0n ? null : this.#ownerAt(place);
  }

  /** The first owner stays. */
  add(login: string, { source, id }: LoginOwner): void {
    if (this.#size * 4 >= this.#hashes.length * 3) this.#grow();
    this.#put(hashOf(login), id, source);
  }

  #put(key: bigint, id: number, source: number): void {
    const place = this.#placeOf(key);
    if (this.#hashes[place] !== 0n) return;
    this.#hashes[place] = key;
    this.#ids[place] = id;
    this.#sources[place] = source;
    this.#size += 1;
  }

  #ownerAt(place: number): LoginOwner {
    return { source: this.#sources[place] ?? 0, id: this.#ids[place] ?? 0 };
  }

  #placeOf(key: bigint): number {
    const mask = this.#hashes.length - 1;
    let place = Number(key & BigInt(mask));
    while (this.#hashes[place] !== 0n && this.#hashes[place] !== key) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [hashes, ids, sources] = [this.#hashes, this.#ids, this.#sources];
    const length = hashes.length * 2;
    this.#size = 0;
    this.#hashes = new BigUint64Array(length);
    this.#ids = new Float64Array(length);
    this.#sources = new Uint16Array(length);
    for (const [i, key] of hashes.entries()) {
      if (key !== 0n) this.#put(key, ids[i] ?? 0, sources[i] ?? 0);
    }
  }
}

/** Never 0, which marks an empty place. */
const hashOf = (login: string): bigint => hash('sha1', foldLogin(login), 'buffer').readBigUInt64LE(0) || 1n;
