import ArgumentParser

/// `martlet user`: accounts of people, for whoever may open the database.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Manage accounts of people.",
        subcommands: [
            UserAddCommand.self, UserInviteCommand.self, UserRoleCommand.self, UserDisableCommand.self,
            UserEnableCommand.self, UserListCommand.self,
        ])
}
