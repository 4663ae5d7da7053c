package import Clinic
package import FHIRStore

/// Money: charges, invoices, payments, drawers, claims.
package enum MoneyArea: ClinicArea {
    package static let operations: [any ClinicOperation] = []
    package static var migrations: [Migration] { MoneyMigrations.all }
    package static let settings = MoneySettings.all
}
