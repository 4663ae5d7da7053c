package import FHIRStore

/// The migrations of what all workflows share: versions from 201. Each area of the clinic brings its own.
package enum ClinicMigrations {
    package static var all: [Migration] {
        StateMachineMigrations.all + OperationMigrations.all + WorkMigrations.all + ReferenceSQL.migrations
    }
}
