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
        ]
    }

    private static let references = """
        CREATE OR REPLACE FUNCTION visit_target(reference text, kinds text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT clinic_reference(reference, kinds)
        $$;
        """
}
