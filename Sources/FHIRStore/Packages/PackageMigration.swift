/// Tables of loaded packages. Their resources lie in the tables of their types like all others; what is here says which
/// package brought which.
///
///     package            a version of a package, and what its definitions were
///     package_resource   its resources: type and id, the file they came in, their canonical URL and version
///     definition_state   one row: grows with every write of a StructureDefinition, so that servers notice
enum PackageMigration {
    /// - Parameter hasDefinitions: whether there is a table of StructureDefinition resources.
    static func make(hasDefinitions: Bool) -> Migration {
        Migration(version: 170, name: "packages", script: hasDefinitions ? tables + trigger : tables)
    }

    private static let tables = """
        CREATE TABLE package (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          name text COLLATE "C" NOT NULL,
          version text COLLATE "C" NOT NULL,
          title text,
          canonical text,
          fhir_versions text[] NOT NULL,
          -- names and versions, side by side
          dependency_names text[] NOT NULL,
          dependency_versions text[] NOT NULL,
          -- of all definitions: the same for the same content, however it was packed
          digest text NOT NULL,
          has_examples boolean NOT NULL,
          loaded timestamptz NOT NULL DEFAULT now(),
          UNIQUE (name, version));
        CREATE TABLE package_resource (
          package bigint NOT NULL REFERENCES package ON DELETE CASCADE,
          type text COLLATE "C" NOT NULL,
          id text COLLATE "C" NOT NULL,
          file text NOT NULL,
          url text,
          resource_version text,
          is_example boolean NOT NULL,
          PRIMARY KEY (package, type, id));
        CREATE INDEX package_resource_id ON package_resource (type, id);
        CREATE TABLE definition_state (
          single boolean PRIMARY KEY DEFAULT true CHECK (single),
          revision bigint NOT NULL DEFAULT 0);
        INSERT INTO definition_state DEFAULT VALUES;

        """

    private static let trigger = """
        CREATE FUNCTION definition_note_write() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE definition_state SET revision = revision + 1;
          RETURN NULL;
        END $$;
        CREATE TRIGGER definition_note_write AFTER INSERT OR UPDATE OR DELETE ON "structuredefinition"
          FOR EACH STATEMENT EXECUTE FUNCTION definition_note_write();

        """
}
