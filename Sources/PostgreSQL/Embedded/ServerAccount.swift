import Glibc

/// Who the server runs as. PostgreSQL refuses to run as root.
struct ServerAccount: Sendable, Equatable {
    let userID: uid_t
    let groupID: gid_t
    /// We are root and have to become somebody else.
    let mustSwitch: Bool

    /// Our own account; for root the owner of the existing data directory, else `postgres`, else `nobody`.
    static func choose(owner: uid_t?) throws(PostgreSQLError) -> ServerAccount {
        let ownID = geteuid()
        if ownID != 0 {
            guard owner == nil || owner == ownID else {
                throw PostgreSQLError(
                    .cluster, "the data directory belongs to another account; run as that one or as root")
            }
            return ServerAccount(userID: ownID, groupID: getegid(), mustSwitch: false)
        }
        if let owner, owner != 0, let account = look({ getpwuid_r(owner, $0, $1, $2, $3) }) { return account }
        for name in ["postgres", "nobody"] {
            if let account = look({ getpwnam_r(name, $0, $1, $2, $3) }) { return account }
        }
        throw PostgreSQLError(
            .cluster, "root cannot run PostgreSQL, and there is neither an account postgres nor nobody")
    }

    /// The first folder on the way to `path` that this account may not pass through.
    func firstClosedParent(of path: String) -> String? {
        guard mustSwitch else { return nil }
        var folder = ""
        for part in FileAccess.parent(of: path).split(separator: "/") {
            folder += "/" + part
            var status = stat()
            guard stat(folder, &status) == 0 else { return folder }
            let needed =
                status.st_uid == userID ? S_IXUSR : status.st_gid == groupID ? S_IXGRP : S_IXOTH
            if status.st_mode & mode_t(needed) == 0 { return folder }
        }
        return nil
    }

    private typealias LookUp = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private static func look(_ lookUp: LookUp) -> ServerAccount? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard lookUp(&entry, &buffer, buffer.count, &found) == 0, found != nil, entry.pw_uid != 0 else { return nil }
        return ServerAccount(userID: entry.pw_uid, groupID: entry.pw_gid, mustSwitch: true)
    }
}
