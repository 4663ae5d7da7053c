package import FHIRStore

/// The schema of visits, notes and problems. Scripts of applied migrations must not change.
package enum VisitsMigrations {
    package static var all: [Migration] {
        [
            Migration(
                version: 245, name: "visits in progress and waiting",
                script: VisitSQL.progress + VisitSQL.called + VisitSQL.queue),
            Migration(
                version: 246, name: "signed notes, problems and teeth",
                script: SignedNoteSQL.script + ProblemListSQL.script + ToothSQL.script),
            Migration(version: 591, name: "cheaper references of visits", script: references),
            Migration(version: 631, name: "levels of triage planned once", script: level),
            Migration(version: 664, name: "visits are looked at when they count", script: VisitSQL.whenItCounts),
        ]
    }

    /// In PL/pgSQL: bodies in SQL that read from something are planned at each call.
    private static let level = """
        CREATE OR REPLACE FUNCTION visit_level(content jsonb) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          IF content -> 'priority' -> 'coding' IS NULL THEN
            RETURN 6;
          END IF;
          RETURN (
            SELECT coalesce(min((c ->> 'code')::int), 6) FROM visit_items(content #> '{priority,coding}') c
            WHERE c ->> 'system' = 'urn:martlet:codesystem:triage-level' AND c ->> 'code' ~ '^[1-5]$');
        END $$;
        """

    private static let references = """
        CREATE OR REPLACE FUNCTION visit_target(reference text, kinds text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT clinic_reference(reference, kinds)
        $$;
        """
}
