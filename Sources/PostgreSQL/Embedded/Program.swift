import Subprocess
import SystemPackage

/// A program that runs, says something and ends.
struct Program: Sendable {
    let path: String
    var account: ServerAccount?
    var workingDirectory: String?

    init(path: String, account: ServerAccount? = nil, workingDirectory: String? = nil) {
        self.path = path
        self.account = account
        self.workingDirectory = workingDirectory
    }

    /// Runs it to its end.
    func run(_ arguments: [String]) async throws -> (isSuccess: Bool, output: String, error: String) {
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments), environment: Self.environment,
            workingDirectory: workingDirectory.map { FilePath($0) },
            platformOptions: account?.platformOptions ?? PlatformOptions(),
            input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    }

    /// What server programs get to see: PGDATA, PGPORT, LANG and the like of whoever starts us must not matter.
    static let environment = Environment.custom(["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"])
}

extension ServerAccount {
    /// Has a child leave root's rights behind before it becomes the program.
    var platformOptions: PlatformOptions {
        var options = PlatformOptions()
        guard mustSwitch else { return options }
        options.userID = userID
        options.groupID = groupID
        options.supplementaryGroups = []
        return options
    }
}
