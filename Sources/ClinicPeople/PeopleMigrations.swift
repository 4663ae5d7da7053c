package import FHIRStore

/// The schema of what keeps people apart. Scripts of applied migrations must not change.
package enum PeopleMigrations {
    package static var all: [Migration] {
        [
            Migration(
                version: 240, name: "medical record numbers and places of coverages",
                script: MedicalRecordNumberSQL.script + MedicalRecordNumberSQL.coverages),
            Migration(version: 514, name: "reviews of visits", script: reviews),
            Migration(version: 515, name: "proofs of what was erased", script: ExpungeSQL.script),
            Migration(version: 665, name: "patients with a record are not deleted", script: PatientInUseSQL.script),
        ]
    }

    private static let reviews = """
        CREATE TABLE people_review (
          encounter text COLLATE "C" PRIMARY KEY,
          answers text COLLATE "C" NOT NULL,
          review text COLLATE "C" NOT NULL);
        """
}
