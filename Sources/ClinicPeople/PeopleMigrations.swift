package import FHIRStore

/// The schema of what keeps people apart. Scripts of applied migrations must not change.
package enum PeopleMigrations {
    package static var all: [Migration] {
        [
            Migration(
                version: 240, name: "medical record numbers and places of coverages",
                script: MedicalRecordNumberSQL.script + MedicalRecordNumberSQL.coverages)
        ]
    }
}
