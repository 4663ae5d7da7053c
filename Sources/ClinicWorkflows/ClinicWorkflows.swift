package import Carriers
package import Clinic
package import FHIRStore
import ClinicAccounts
import ClinicMedicines
import ClinicMoney
import ClinicOrders
import ClinicPeople
import ClinicScheduling
import ClinicVisits

/// All that the clinic's workflows offer. An area is one line here.
package enum ClinicWorkflows {
    private static let areas: [any ClinicArea.Type] = [
        PeopleArea.self, SchedulingArea.self, VisitsArea.self, OrdersArea.self, MedicinesArea.self, MoneyArea.self,
        AccountsArea.self,
    ]

    /// Sorted by type and name.
    package static var operations: [any ClinicOperation] {
        let settings = areas.flatMap { $0.settings }
        let own: [any ClinicOperation] = [ListSettings(settings), ChangeSetting(settings)]
        return (areas.flatMap { $0.operations } + own)
            .sorted { ($0.declaration.typeName, $0.declaration.name) < ($1.declaration.typeName, $1.declaration.name) }
    }

    package static var migrations: [Migration] { ClinicMigrations.all + areas.flatMap { $0.migrations } }

    /// - Parameter carriers: how messages leave the house, by channel: `email`, `sms`.
    package static func jobs(_ carriers: [String: any MessageCarrier] = [:]) -> [any ClinicJob] {
        areas.flatMap { $0.jobs } + SchedulingArea.messageJobs(carriers)
    }
}
