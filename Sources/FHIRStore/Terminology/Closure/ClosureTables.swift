/// Closure tables that clients maintain (R4 terminology-service.html#closure).
///
///     closure_table    name → id, the version it began with, the version it has now
///     closure_concept  (table, system, code): what was added so far
///     closure_entry    (table, version, number) → a code and a broader one, in the version that brought them
enum ClosureTables {
    static let migration = Migration(
        version: 151, name: "closure tables",
        script: """
            CREATE TABLE closure_table (
              id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              name text COLLATE "C" NOT NULL UNIQUE,
              first_version int NOT NULL,
              version int NOT NULL,
              updated timestamptz NOT NULL DEFAULT now());
            CREATE TABLE closure_concept (
              closure int NOT NULL REFERENCES closure_table ON DELETE CASCADE,
              system text COLLATE "C" NOT NULL,
              code text COLLATE "C" NOT NULL,
              PRIMARY KEY (closure, system, code));
            CREATE TABLE closure_entry (
              closure int NOT NULL REFERENCES closure_table ON DELETE CASCADE,
              version int NOT NULL,
              number int NOT NULL,
              system text COLLATE "C" NOT NULL,
              code text COLLATE "C" NOT NULL,
              ancestor text COLLATE "C" NOT NULL,
              PRIMARY KEY (closure, version, number));
            """)
}
