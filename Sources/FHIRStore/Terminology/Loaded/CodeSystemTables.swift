/// Code systems that were loaded from files, concept by concept: too large for a resource.
///
///     code_system          url, version → id
///     code_system_concept  (system, code) → number in order, display, state, texts, properties
///     code_system_kind     (system, ancestor, descendant), by number: all pairs, so that `is-a` is one look
///
/// Properties stand in `content` for answers and in `keys` for filters: `CLASS=CHEM`, and `CLASS` for being there.
/// Words of displays and designations stand in `words`.
package enum CodeSystemTables {
    package static let migration = Migration(
        version: 150, name: "loaded code systems",
        script: """
            CREATE TABLE code_system (
              id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              url text COLLATE "C" NOT NULL,
              version text COLLATE "C",
              name text NOT NULL,
              language text,
              loaded timestamptz NOT NULL DEFAULT now(),
              is_ready boolean NOT NULL DEFAULT false);
            CREATE INDEX ON code_system (url);
            CREATE TABLE code_system_concept (
              system int NOT NULL,
              number int NOT NULL,
              code text COLLATE "C" NOT NULL,
              display text,
              is_inactive boolean NOT NULL,
              content jsonb NOT NULL,
              keys text[] COLLATE "C" NOT NULL,
              words tsvector NOT NULL);
            CREATE TABLE code_system_kind (
              system int NOT NULL,
              ancestor int NOT NULL,
              descendant int NOT NULL,
              is_direct boolean NOT NULL);
            CREATE UNIQUE INDEX ON code_system_concept (system, code);
            CREATE UNIQUE INDEX ON code_system_concept (system, number);
            CREATE INDEX ON code_system_concept USING gin (keys);
            CREATE INDEX ON code_system_concept USING gin (words);
            CREATE UNIQUE INDEX ON code_system_kind (system, ancestor, descendant);
            CREATE INDEX ON code_system_kind (system, descendant, ancestor);
            CREATE TABLE code_system_link (
              system int NOT NULL,
              child text COLLATE "C" NOT NULL,
              parent text COLLATE "C" NOT NULL);
            CREATE INDEX ON code_system_link (system);
            """)
}
