/** A definition of the Python that programs share, as it is generated from the .py files. */
export interface RuntimeDefinition<Name extends string> {
  readonly text: string;
  /** The definitions that it uses. */
  readonly needs: readonly Name[];
  /** The modules that it uses. */
  readonly modules: readonly string[];
}
