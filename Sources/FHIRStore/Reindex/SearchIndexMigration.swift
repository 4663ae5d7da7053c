/// Tables of the custom search parameters and of the jobs that bring the index up to date.
///
///     search_index       one row: counters that tell every process what the others did
///     search_parameter   a custom parameter on one resource type, and whether it can be searched
///     search_index_job   a resource type whose rows are being indexed, and how far
///
/// Nothing here is the source of truth: that is the SearchParameter resources, of which a trigger counts the writes.
enum SearchIndexMigration {
    /// - Parameter hasParameters: whether there is a table of SearchParameter resources.
    static func make(hasParameters: Bool) -> Migration {
        Migration(
            version: 130, name: "custom search parameters", script: hasParameters ? tables + trigger : tables)
    }

    /// How far a job is with resources of its type that others contain.
    static let contained = Migration(
        version: 131, name: "jobs know contained resources",
        script: """
            ALTER TABLE search_index_job
              ADD COLUMN contained_horizon bigint, ADD COLUMN contained_position bigint NOT NULL DEFAULT 0;
            """)

    private static let tables = """
        CREATE TABLE search_index (
          single boolean PRIMARY KEY DEFAULT true CHECK (single),
          -- of the newest parameter that writes have to index
          generation bigint NOT NULL DEFAULT 0,
          -- of what searches may use
          revision bigint NOT NULL DEFAULT 0,
          -- statements that wrote SearchParameter resources, and how many of them took effect
          written bigint NOT NULL DEFAULT 0,
          applied bigint NOT NULL DEFAULT 0);
        INSERT INTO search_index DEFAULT VALUES;
        CREATE TABLE search_parameter (
          url text NOT NULL,
          base text NOT NULL,
          code text NOT NULL,
          resource text NOT NULL,
          -- nil where the definition takes no effect, see error
          generation bigint,
          state text NOT NULL CHECK (state IN ('indexing', 'active', 'failed')),
          definition jsonb NOT NULL,
          error text,
          PRIMARY KEY (base, url));
        CREATE SEQUENCE search_index_job_number;
        CREATE TABLE search_index_job (
          type text PRIMARY KEY,
          -- changes whenever the job begins anew
          number bigint NOT NULL DEFAULT nextval('search_index_job_number'),
          generation bigint NOT NULL,
          -- rows are written again even if no custom parameter finds anything in them
          is_full boolean NOT NULL,
          state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'finished')),
          -- transactions that may still write by an earlier generation
          waits_for text[],
          horizon bigint,
          position bigint NOT NULL DEFAULT 0,
          done bigint NOT NULL DEFAULT 0,
          requested timestamptz NOT NULL DEFAULT now(),
          finished timestamptz);
        CREATE FUNCTION search_index_moved() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'search-index-moved|the search parameters changed' USING ERRCODE = 'MT002';
        END $$;

        """

    private static let trigger = """
        CREATE FUNCTION search_index_note_parameter() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE search_index SET written = written + 1;
          RETURN NULL;
        END $$;
        CREATE TRIGGER search_index_note_parameter AFTER INSERT OR UPDATE OR DELETE ON "searchparameter"
          FOR EACH STATEMENT EXECUTE FUNCTION search_index_note_parameter();
        -- those that are stored already take effect with the first start
        UPDATE search_index SET written = 1 WHERE EXISTS (SELECT FROM "searchparameter");

        """
}
