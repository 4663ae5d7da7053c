/// Where the database is and how much of it to use at once.
package struct DatabaseConfiguration: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// A libpq connection URI (`postgresql://…`) or keyword string (`host=… dbname=…`). May hold a password;
    /// never logged.
    package var connectionString: String
    /// Pipelined connections for single reads. Default 2.
    package var readLanes = 2
    /// Pipelined connections for look-ups by keys. Default 1.
    package var lookUpLanes = 1
    /// Pipelined connections for writes that share commits. Default 1.
    package var writeLanes = 1
    /// The most connections for work of several round trips; made when needed. Default 8.
    package var sessions = 8
    /// The most connections for reads that may take their time; made when needed. More than PostgreSQL has
    /// processors for only make all of them slow: with 8 on two processors the slowest of a hundred searches took
    /// twice as long as with 4. Default 4.
    package var querySessions = 4
    /// Queries or write jobs in one round trip. Default 64.
    package var batchCount = 64
    /// Bytes of parameters in one round trip, unless a single job holds more. Default 256 KiB.
    package var batchByteCount = 256 << 10
    /// Queries or jobs waiting in one lane, or tasks waiting for a session, before further ones are refused.
    /// Default 10 000.
    package var queueLimit = 10_000
    /// How long one statement may run. Zero is no limit. Default 30 s.
    package var statementTimeout: Duration = .seconds(30)
    /// How long a transaction may sit idle before the server ends it. Zero is no limit. Default 60 s.
    package var idleInTransactionTimeout: Duration = .seconds(60)
    /// How long one attempt to connect may take. Default 5 s.
    package var connectTimeout: Duration = .seconds(5)
    /// How long work waits for a connection to come back. Default 5 s.
    package var disconnectedWait: Duration = .seconds(5)
    /// How long a task waits for a free session. Default 30 s.
    package var sessionWait: Duration = .seconds(30)
    /// The pause after the first failed attempt to connect; doubled after each further one. Default 10 ms.
    package var initialBackOff: Duration = .milliseconds(10)
    /// The longest pause between attempts to connect. Default 1 s.
    package var maximumBackOff: Duration = .seconds(1)
    /// Prepared statements kept by one connection; the least recently used one goes first. Default 1 000.
    package var preparedStatementLimit = 1_000
    /// How often a failed write job is run again after a serialisation failure or deadlock. Default 5.
    package var writeRetries = 5
    /// What `pg_stat_activity` shows. Default `martlet`.
    package var applicationName = "martlet"

    package init(connectionString: String) { self.connectionString = connectionString }

    /// Leaves the connection string out, because it may hold a password.
    package var description: String {
        """
        readLanes \(readLanes), lookUpLanes \(lookUpLanes), writeLanes \(writeLanes), \
        sessions \(sessions), querySessions \(querySessions), \
        batchCount \(batchCount)
        """
    }

    package var debugDescription: String { description }
}
