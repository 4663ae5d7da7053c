import Clinic
package import FHIRStore

/// What orders and results need of the database. Scripts of applied migrations must not change.
package enum OrdersMigrations {
    package static var all: [Migration] {
        [
            Migration(version: 260, name: "numbers of orders and labels of specimens", script: OrderNumberSQL.script),
            Migration(version: 261, name: "rules of referrals", script: ReferralSQL.script),
            Migration(version: 262, name: "critical results that wait", script: reviews),
            Migration(version: 263, name: "definitions by code", script: indexes),
            Migration(version: 592, name: "cheaper references of orders", script: references),
        ]
    }

    private static let references = """
        CREATE OR REPLACE FUNCTION order_local(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT clinic_reference(reference)
        $$;
        """

    /// One row for each task that asks for a critical result to be looked at, until it is escalated or found done.
    private static let reviews = """
        CREATE TABLE order_review (
          task text COLLATE "C" PRIMARY KEY,
          raised timestamptz NOT NULL);
        CREATE INDEX order_review_raised ON order_review (raised);
        CREATE FUNCTION order_note_review() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO order_review (task, raised) VALUES (NEW.id, NEW.updated) ON CONFLICT DO NOTHING;
          RETURN NULL;
        END $$;
        DO $do$ BEGIN
          IF to_regclass('task') IS NOT NULL THEN
            CREATE TRIGGER order_review AFTER INSERT ON task FOR EACH ROW
              WHEN (NEW.content @> '{"code":{"coding":[{"code":"\(ReviewTask.code)"}]},"priority":"stat"}'
                AND coalesce(NEW.content ->> 'status', '') IN ('requested', 'received', 'accepted', 'in-progress'))
              EXECUTE FUNCTION order_note_review();
          END IF;
        END $do$;
        """

    private static var indexes: String {
        [
            ("activitydefinition", "content -> 'code' -> 'coding'"),
            ("observationdefinition", "content -> 'code' -> 'coding'"), ("questionnaire", "content -> 'code'"),
            ("plandefinition", "content -> 'identifier'"), ("specimen", "content -> 'request'"),
        ].map { table, path in
            """
            DO $do$ BEGIN
              IF to_regclass('\(table)') IS NOT NULL THEN
                CREATE INDEX ON \(table) USING gin ((\(path)) jsonb_path_ops);
              END IF;
            END $do$;
            """
        }.joined(separator: "\n")
    }
}
