import CLibPQ
import Glibc

/// One libpq connection in pipeline mode. Confined to the thread that made it, hence not Sendable.
final class Connection {
    private let handle: OpaquePointer
    private let settings: ConnectionSettings
    /// What the server holds for each statement, by the statement's number.
    private var prepared: [UInt64: PreparedStatement] = [:]
    private let preparedLimit: Int
    private var nameCounter = 0
    private var useCounter = 0
    private var groupCounter = 0
    private var namesToDeallocate: [String] = []
    private var arguments = ArgumentVectors()
    private var isBroken = false

    /// Connects and sets the session up, blocking.
    /// - Throws: `.notConnected` where trying again may help, `.configuration` where it will not.
    init(settings: ConnectionSettings, preparedLimit: Int) throws(PostgreSQLError) {
        guard let handle = settings.connect() else { throw PostgreSQLError(.notConnected, "out of memory") }
        self.handle = handle
        self.settings = settings
        self.preparedLimit = preparedLimit
        // From here on every property is set, so a throw runs `deinit`, which closes the handle.
        guard PQstatus(handle) == CONNECTION_OK else {
            throw PostgreSQLError(.notConnected, settings.message(of: handle))
        }
        martlet_silence_notices(handle)
        guard PQserverVersion(handle) >= 140_000 else {
            throw PostgreSQLError(.configuration, "PostgreSQL 14 or newer is required")
        }
        let result = PQexec(handle, settings.setup)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK, PQenterPipelineMode(handle) == 1 else {
            throw PostgreSQLError(.notConnected, settings.message(of: handle))
        }
    }

    deinit { PQfinish(handle) }

    /// The server's version as libpq counts it: 150004 is 15.4.
    var serverVersion: Int { Int(PQserverVersion(handle)) }

    /// A ticket with which another thread may ask the server to stop what this connection does.
    func makeCancelTicket() -> CancelTicket? { CancelTicket(handle) }

    /// Whether a transaction block is open, failed or not.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// False once the server has closed the connection; finds that out without sending anything.
    func isAlive() -> Bool {
        guard !isBroken, PQstatus(handle) == CONNECTION_OK else { return false }
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        // An idle server has nothing to say but farewell (or a notice).
        guard poll(&descriptor, 1, 0) > 0 else { return true }
        if PQconsumeInput(handle) == 0 || PQstatus(handle) != CONNECTION_OK { isBroken = true }
        // The farewell is an error message followed by the end of the stream, which a second read finds.
        if !isBroken, poll(&descriptor, 1, 0) > 0, PQconsumeInput(handle) == 0 { isBroken = true }
        return !isBroken && PQstatus(handle) == CONNECTION_OK
    }

    /// Waits for input until a time limit. True when there is some.
    func waitForInput(milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    /// The server will forget a statement, or has already: its next use sends the text again.
    func forget(_ statement: SQLStatement) {
        guard let entry = prepared.removeValue(forKey: statement.number) else { return }
        namesToDeallocate.append(entry.name)
    }

    // MARK: - Simple protocol

    /// Runs a script of several statements; without transaction commands in it, it is one transaction.
    func script(_ sql: String) -> PostgreSQLError? {
        guard !isBroken, PQexitPipelineMode(handle) == 1 else { return lost() }
        defer { if !isBroken, PQenterPipelineMode(handle) != 1 { isBroken = true } }
        guard let result = PQexec(handle, sql) else { return lost() }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        case PGRES_FATAL_ERROR:
            let error = PostgreSQLError(result: result)
            return error.code == .connectionLost || PQstatus(handle) != CONNECTION_OK ? lost() : error
        default:
            // COPY would wait for data that nobody sends.
            isBroken = true
            return PostgreSQLError(.server, "a script cannot hold COPY")
        }
    }

    // MARK: - Pipeline

    /// Sends all steps, then reads all answers: one round trip. The last step must end its group. Never throws:
    /// each step has its outcome.
    func run(_ steps: [PipelineStep]) -> [PipelineOutcome] {
        guard isBroken || !namesToDeallocate.isEmpty || steps.contains(where: \.parameters.hasZeroByte) else {
            return exchange(steps)
        }
        if isBroken { return steps.map { _ in .failure(lost()) } }
        if steps.contains(where: \.parameters.hasZeroByte) { return runWithoutRefused(steps) }
        deallocateForgotten()
        return exchange(steps)
    }

    /// Leaves out the groups that hold a value which cannot be sent.
    private func runWithoutRefused(_ steps: [PipelineStep]) -> [PipelineOutcome] {
        var outcomes: [PipelineOutcome] = []
        let refusal = PostgreSQLError(.invalidParameter, "text holds a zero byte, which PostgreSQL cannot store")
        for group in steps.groups {
            if group.contains(where: \.parameters.hasZeroByte) {
                outcomes += group.map { _ in .failure(refusal) }
            } else {
                outcomes += run(Array(group))
            }
        }
        return outcomes
    }

    private func deallocateForgotten() {
        // A failed transaction block takes nothing but its end.
        guard PQtransactionStatus(handle) == PQTRANS_IDLE else { return }
        let steps = namesToDeallocate.map { name in
            PipelineStep(
                statement: SQLStatement("DEALLOCATE \(name)", isPrepared: false), parameters: SQLParameters(),
                endsGroup: true)
        }
        namesToDeallocate = []
        _ = exchange(steps)
    }

    private func exchange(_ steps: [PipelineStep]) -> [PipelineOutcome] {
        var preparations: [PreparedStatement?] = []
        preparations.reserveCapacity(steps.count)
        for step in steps {
            guard let preparation = send(step) else { return steps.map { _ in .failure(lost()) } }
            preparations.append(preparation.isNew ? preparation.entry : nil)
            guard step.endsGroup else { continue }
            groupCounter += 1
            if PQpipelineSync(handle) != 1 { return steps.map { _ in .failure(lost()) } }
        }
        return receive(steps, preparations)
    }

    /// Sends one statement, preceded by its preparation where the server does not hold it yet. Nil when the
    /// connection broke.
    private func send(_ step: PipelineStep) -> (entry: PreparedStatement?, isNew: Bool)? {
        let known = prepared[step.statement.number].flatMap { $0.accepts(step.parameters) ? $0 : nil }
        // If a preparation sent just now fails, so would whatever relies on it in later groups, with an
        // error that is not its own.
        let isUncertain = known.map { !$0.isConfirmed && $0.group != groupCounter } ?? false
        guard step.statement.isPrepared, !isUncertain else { return sendOnce(step) ? (nil, false) : nil }
        useCounter += 1
        if let known {
            prepared[step.statement.number]?.lastUse = useCounter
            return sendPrepared(known, step) ? (known, false) : nil
        }
        let entry = makeEntry(for: step.statement, step.parameters)
        let status = arguments.withVectors(step.parameters) { types, _, _, _ in
            PQsendPrepare(handle, entry.name, step.statement.text, Int32(step.parameters.count), types)
        }
        return status == 1 && sendPrepared(entry, step) ? (entry, true) : nil
    }

    private func sendOnce(_ step: PipelineStep) -> Bool {
        let status = arguments.withVectors(step.parameters) { types, values, lengths, formats in
            PQsendQueryParams(
                handle, step.statement.text, Int32(step.parameters.count), types, values, lengths, formats, 0)
        }
        return status == 1
    }

    private func sendPrepared(_ entry: PreparedStatement, _ step: PipelineStep) -> Bool {
        let status = arguments.withVectors(step.parameters) { _, values, lengths, formats in
            PQsendQueryPrepared(handle, entry.name, Int32(step.parameters.count), values, lengths, formats, 0)
        }
        return status == 1
    }

    private func makeEntry(for statement: SQLStatement, _ parameters: SQLParameters) -> PreparedStatement {
        if prepared[statement.number] != nil {
            forget(statement)
        } else if prepared.count >= preparedLimit,
            let oldest = prepared.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            prepared.removeValue(forKey: oldest.key)
            namesToDeallocate.append(oldest.value.name)
        }
        nameCounter += 1
        let entry = PreparedStatement(
            name: "s\(statement.number)_\(nameCounter)", types: parameters.entries.map(\.type), lastUse: useCounter,
            group: groupCounter)
        prepared[statement.number] = entry
        return entry
    }

    private func receive(_ steps: [PipelineStep], _ preparations: [PreparedStatement?]) -> [PipelineOutcome] {
        var outcomes: [PipelineOutcome] = []
        outcomes.reserveCapacity(steps.count)
        var groupStart = 0
        var groupError: PostgreSQLError?
        for (index, step) in steps.enumerated() {
            if let entry = preparations[index] {
                let outcome = nextOutcome(groupError)
                if case .failure(let error) = outcome { groupError = groupError ?? error.at(index - groupStart) }
                settle(entry, of: step.statement, isHeld: outcome.isSuccess)
            }
            let outcome = nextOutcome(groupError)
            if case .failure(let error) = outcome { groupError = groupError ?? error.at(index - groupStart) }
            outcomes.append(outcome)
            guard step.endsGroup else { continue }
            let commitError = readSync()
            if isBroken { break }
            if let error = groupError ?? commitError {
                // What succeeded before the failure was undone with it; what came behind it was not run.
                for position in groupStart...index { outcomes[position] = .failure(error) }
            }
            groupStart = index + 1
            groupError = nil
        }
        guard isBroken else { return outcomes }
        // Whatever was not followed by a Sync's answer may or may not have happened.
        outcomes.removeSubrange(groupStart...)
        while outcomes.count < steps.count { outcomes.append(.failure(lost())) }
        return outcomes
    }

    /// Notes whether the server took a preparation.
    private func settle(_ entry: PreparedStatement, of statement: SQLStatement, isHeld: Bool) {
        // It may have been replaced by one with other types meanwhile.
        guard prepared[statement.number]?.name == entry.name else { return }
        if isHeld {
            prepared[statement.number]?.isConfirmed = true
        } else {
            prepared.removeValue(forKey: statement.number)
        }
    }

    /// Reads the result of one message and the nil that follows it.
    private func nextOutcome(_ groupError: PostgreSQLError?) -> PipelineOutcome {
        guard !isBroken, let result = PQgetResult(handle) else { return .failure(lost()) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            finishResult()
            return .success(QueryResult(owning: result))
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            finishResult()
            return .failure(groupError ?? PostgreSQLError(.server, "an earlier statement failed"))
        case PGRES_FATAL_ERROR:
            let error = PostgreSQLError(result: result)
            PQclear(result)
            if error.code == .connectionLost || PQstatus(handle) != CONNECTION_OK { return .failure(lost()) }
            finishResult()
            return .failure(error)
        default:
            // COPY and the like: not part of what a pipeline can do; the connection cannot be used on.
            PQclear(result)
            return .failure(lost())
        }
    }

    private func finishResult() {
        guard let extra = PQgetResult(handle) else { return }
        PQclear(extra)
        isBroken = true
    }

    /// Reads up to the answer to a Sync. Deferred constraints fail only here, at commit.
    private func readSync() -> PostgreSQLError? {
        var error: PostgreSQLError?
        var emptyCount = 0
        while !isBroken {
            guard let result = PQgetResult(handle) else {
                emptyCount += 1
                if emptyCount > 2 || PQstatus(handle) != CONNECTION_OK { isBroken = true }
                continue
            }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC: return error
            case PGRES_FATAL_ERROR:
                error = PostgreSQLError(result: result)
                if PQstatus(handle) != CONNECTION_OK || error?.code == .connectionLost { isBroken = true }
            default: isBroken = true
            }
        }
        return lost()
    }

    /// Marks the connection as unusable.
    private func lost() -> PostgreSQLError {
        isBroken = true
        return PostgreSQLError(.connectionLost, "the connection to the database was lost; the outcome is unknown")
    }
}

extension PostgreSQLError {
    /// The same error, said of one statement of its group.
    fileprivate func at(_ step: Int) -> PostgreSQLError {
        var error = self
        error.step = step
        return error
    }
}

extension Result {
    var isSuccess: Bool { if case .success = self { true } else { false } }
}

extension [PipelineStep] {
    /// The steps cut after each Sync.
    var groups: [ArraySlice<PipelineStep>] {
        var groups: [ArraySlice<PipelineStep>] = []
        var start = 0
        for (index, step) in enumerated() where step.endsGroup {
            groups.append(self[start...index])
            start = index + 1
        }
        return groups
    }
}
