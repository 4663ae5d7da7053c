import Access
package import Clinic
package import FHIRStore

/// Accounts as those who administer them see them: invitations, states, roles.
package enum AccountsArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [
        InvitePerson(), ActivatePerson(), DeactivatePerson(), UnlockPerson(), AssignRole(), RevokeRole(),
        MyPermissions(),
    ]
    package static var migrations: [Migration] { AccountMigrations.all }
}
