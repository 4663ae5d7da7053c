package import FHIRStore

/// All migrations of the clinic's workflows: versions from 200.
package enum ClinicMigrations {
    package static var all: [Migration] { SchedulingMigrations.all + OperationMigrations.all }
}
