/// The ledger of merges: what makes them reversible.
package enum MergeMigrations {
    package static let all = [
        Migration(version: 410, name: "merge ledger", script: ledger),
        Migration(version: 451, name: "merge guard", script: mergeGuard),
    ]

    /// Each statement of a volatile function sees what was committed before it, so a merge that the lock waited for is
    /// seen.
    private static let mergeGuard = """
        CREATE FUNCTION martlet_require_unmerged(kind text, record text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_advisory_xact_lock_shared(hashtextextended('martlet merge ' || kind || '/' || record, 0));
          IF EXISTS (SELECT FROM record_merge WHERE type = kind AND prior = record AND undone IS NULL) THEN
            RAISE EXCEPTION 'a record was merged' USING ERRCODE = 'MT001';
          END IF;
        END $$;
        """

    /// A record goes into another of its type at most once at a time. The changes name each resource that a merge
    /// touched, with its versions around it and the elements in which the reference stood.
    private static let ledger = """
        CREATE TABLE record_merge (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          type text COLLATE "C" NOT NULL,
          survivor text COLLATE "C" NOT NULL,
          prior text COLLATE "C" NOT NULL,
          cause text NOT NULL,
          merged timestamptz NOT NULL,
          undone timestamptz
        );
        CREATE UNIQUE INDEX record_merge_live ON record_merge (type, prior) WHERE undone IS NULL;
        CREATE INDEX ON record_merge (type, survivor);
        CREATE TABLE record_merge_change (
          merge bigint NOT NULL REFERENCES record_merge,
          seq bigint GENERATED ALWAYS AS IDENTITY,
          type text COLLATE "C" NOT NULL,
          id text COLLATE "C" NOT NULL,
          version_before int NOT NULL,
          version_after int NOT NULL,
          paths text[] NOT NULL,
          PRIMARY KEY (merge, seq)
        );
        CREATE INDEX ON record_merge_change (type, id);
        """
}
