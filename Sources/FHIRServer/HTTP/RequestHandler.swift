import Clinic
import FHIRPatch
import FHIRStore
import HTTPTypes
import HummingbirdCore
import JSONTape
import Logging
import NIOCore

/// Answers HTTP requests: reads, routes, asks access control, runs the interaction, writes.
///
/// Sits directly on Hummingbird's server, without its router and request context: paths are read by ``RouteParser``,
/// and log lines are made only where something is logged.
struct RequestHandler: Sendable {
    let interactions: Interactions
    let monitoring: Monitoring
    let access: any AccessControl
    /// Takes HL7 v2 messages; nil where there is nobody to take them.
    let messages: (any MessageReceiving)?
    /// Take what other systems tell by themselves.
    let webhooks: [any ClinicWebhook]
    /// Answers what is no FHIR; nil where nobody can sign in.
    let pages: (any PageReceiving)?
    /// From where scripts may ask; nil for nowhere.
    let origins: (any OriginPolicy)?
    let limits: ServerLimits
    /// Absolute address of the FHIR API; nil to use each request's `Host`.
    let baseURL: String?
    /// Whether clients reach this server itself by https.
    let isSecure: Bool
    let addresses: ClientAddress
    let rates: RequestRates
    let responses: ResponseBuilder
    let logger: Logger
    private let bodies: BodyParser
    private let random = SharedRandom()

    init(
        interactions: Interactions, monitoring: Monitoring, access: any AccessControl, limits: ServerLimits,
        baseURL: String?, isSecure: Bool, addresses: ClientAddress, rates: RequestRates,
        responses: ResponseBuilder, messages: (any MessageReceiving)?,
        webhooks: [any ClinicWebhook], pages: (any PageReceiving)?, origins: (any OriginPolicy)?, logger: Logger
    ) {
        self.messages = messages
        self.webhooks = webhooks
        self.pages = pages
        self.origins = origins
        self.interactions = interactions
        self.monitoring = monitoring
        self.access = access
        self.limits = limits
        self.baseURL = baseURL
        self.isSecure = isSecure
        self.addresses = addresses
        self.rates = rates
        self.responses = responses
        self.logger = logger
        bodies = BodyParser(definitions: interactions.definitions, limits: limits)
    }

    /// What the connection handler throws to have the connection closed.
    struct ConnectionDone: Error {}

    @concurrent func respond(
        to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        let start = ContinuousClock.now
        var headers = RequestHeaders(request.head.headerFields)
        let method = RequestMethod(name: request.head.method.rawValue)
        let isStream = self.isStream(channel)
        // HTTP/2 has bodies that neither tell their length nor come in chunks (RFC 9113 §8.1).
        if isStream, headers.contentLength == nil, !method.isRead { headers.isChunked = true }
        let address = addresses.of(peer: channel.remoteAddress?.ipAddress, forwarded: headers.forwardedFor)
        let (path, query) = Self.split(request.head.path ?? "/")
        let requestID = RequestID.make(from: headers.requestID, random: random)
        monitoring.requests.begin()
        let origin = headers.origin == nil ? nil : await allowedOrigin(headers)
        if method == .options, let origin, headers.plannedMethod != nil {
            return try await answerPreflight(from: origin, path: path, requestID, start, writer)
        }
        if let pages, pages.takes(path: path) {
            return try await respond(
                with: pages, to: request, path: path, query: query, headers, method, requestID, origin: origin, writer,
                on: channel)
        }
        let route = interactions.routes.route(path: path)
        var body = BodyReader(request.body, headers, limits: limits)
        var answer: InteractionAnswer
        let record = makeRecord(of: request, route, method, requestID, address)
        let items = QueryItems(parsing: query)
        var representation = Representation(items, headers, method)
        do {
            answer = try await self.answer(
                method, route, items, headers, address, authority: request.head.authority, &body, &representation,
                record, writer: writer)
        } catch {
            let failure = Failure(error)
            answer = InteractionAnswer(failure)
            if let record, !record.isDone { await note(failure, route, method, record) }
            if answer.status >= 500 { log(error, route, method, requestID) }
        }
        // A small rest is read and thrown away by the connection; a large or unbounded one is not worth it.
        let isLeftOver =
            !body.isAtEnd && (headers.isChunked || headers.expectsContinue || (headers.contentLength ?? 0) > 1 << 16)
        if isLeftOver { answer.closesConnection = true }
        var response = responses.response(
            answer, mayBeKept: route == .capabilities, method: method, requestID: requestID, representation,
            acceptEncoding: headers.acceptEncoding)
        // RFC 9113 §8.2.2.
        if isStream { response.head.headerFields[.connection] = nil }
        if let origin { response.head.headerFields.append(contentsOf: CrossOrigin.fields(for: origin)) }
        let took = ContinuousClock.now - start
        monitoring.requests.end(route.kind, method, status: answer.status, took: took)
        logger.debug(
            "request",
            metadata: [
                "request_id": "\(requestID)", "route": "\(route.kind.template)", "method": "\(method.rawValue)",
                "status": "\(answer.status)", "milliseconds": "\(took.milliseconds)",
            ])
        try await writer.write(response: response.head, body: response.body)
        if answer.closesConnection {
            // Whoever was too slow once is not waited for a second time.
            if answer.status != 408 { await body.linger(on: channel) }
            throw ConnectionDone()
        }
    }

    /// Whether this is one of the streams of a connection (HTTP/2), and not the connection itself.
    func isStream(_ channel: any Channel) -> Bool { channel.parent?.parent != nil }

    private static func split(_ target: String) -> (path: Substring, query: Substring) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target[...], "") }
        return (target[..<mark], target[target.utf8.index(after: mark)...])
    }

    func log(_ error: any Error, _ route: Route, _ method: RequestMethod, _ requestID: String) {
        // Codes and types only: an error's text could hold what the request held.
        let reason = (error as? StoreError).map { "\($0.code.rawValue): \($0.message)" } ?? "\(type(of: error))"
        logger.error(
            "request failed",
            metadata: [
                "request_id": "\(requestID)", "route": "\(route.kind.template)", "method": "\(method.rawValue)",
                "reason": "\(reason)",
            ])
    }

    // MARK: - Answering

    @concurrent private func answer(
        _ method: RequestMethod, _ route: Route, _ query: QueryItems, _ headers: RequestHeaders, _ address: String?,
        authority: String?, _ body: inout BodyReader, _ representation: inout Representation,
        _ record: RequestRecord?,
        writer: borrowing ResponseWriter
    ) async throws -> InteractionAnswer {
        switch route {
        case .live where method.isRead: return monitoring.live()
        case .ready where method.isRead: return await monitoring.ready()
        case .metrics where method.isRead: return await monitoring.metrics()
        default: break
        }
        if case .webhook(let kind, let sender) = route {
            try rates.admitStranger(from: address)
            return try await answerWebhook(
                method, kind: kind, sender: sender, headers, &body, base: try base(authority), record, writer: writer)
        }
        let decision = try await access.decide(
            AccessRequest(
                method: method, route: route, authorization: headers.authorization, actor: headers.actor))
        let caller: Caller
        switch decision {
        case .allow(let found): caller = found
        case .deny(let error, let found):
            record?.caller = found
            if error.code == .unauthorized {
                try rates.admitStranger(from: address)
            } else {
                // Refused requests count as others do: whoever tries what they may not is slowed down as well.
                try rates.admit(found, from: address)
            }
            throw error
        }
        record?.caller = caller
        try rates.admit(caller, from: address)
        if case .messages(let source) = route {
            return try await answerMessages(method, source: source, headers, address, &body, writer: writer)
        }
        let binary = binaryWish(method, route, query, headers, representation)
        if binary == nil { try representation.require() }
        if query.hasNUL { throw RequestError(.malformed, "the address holds the character U+0000") }
        var interaction = InteractionRequest(
            method, route, query: query, conditions: headers.conditions, base: try base(authority), caller: caller)
        interaction.binary = binary
        interaction.record = record
        if !method.isRead, route.kind.methods.contains(method) {
            try await readBody(into: &interaction, headers, &body, writer: writer)
            if route.kind == .typeSearch || route.kind == .systemSearch {
                // The form may say what the address did not.
                representation = Representation(interaction.query, headers, method)
                try representation.require()
            }
        }
        return try await interactions.answer(interaction)
    }

    /// Not nil where the route and method mean a Binary that may come or go as its bytes.
    private func binaryWish(
        _ method: RequestMethod, _ route: Route, _ query: QueryItems, _ headers: RequestHeaders,
        _ representation: Representation
    ) -> BinaryWish? {
        switch (route, method) {
        case (.instance(interactions.binaryType, _), .get), (.instance(interactions.binaryType, _), .head),
            (.instance(interactions.binaryType, _), .put), (.type(interactions.binaryType), .post),
            (.version(interactions.binaryType, _, _), .get), (.version(interactions.binaryType, _, _), .head):
            BinaryWish(query, headers, representation)
        default: nil
        }
    }

    /// Without a configured address the client's own view of us is used. `X-Forwarded-*` is not trusted: behind a
    /// proxy the address has to be configured.
    func base(_ authority: String?) throws -> String {
        if let baseURL { return baseURL }
        guard let authority, !authority.isEmpty, authority.utf8.allSatisfy(Self.isHostCharacter) else {
            throw RequestError(.malformed, "the Host header is missing or malformed")
        }
        return "\(isSecure ? "https" : "http")://\(authority)\(RouteParser.basePath)"
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }

    // MARK: - Bodies

    @concurrent private func readBody(
        into interaction: inout InteractionRequest, _ headers: RequestHeaders, _ body: inout BodyReader,
        writer: borrowing ResponseWriter
    ) async throws {
        // The content of a Binary may be empty.
        if body.isAtEnd, interaction.binary == nil || headers.contentType == nil { return }
        let type = headers.contentType.map { MediaType.bare($0).lowercased() }
        if interaction.method == .patch {
            // R4 http.html#patch: the media type says what kind of patch it is.
            guard let format = PatchFormat(mediaType: type) else {
                throw RequestError(
                    .unsupportedPatchType, "a patch is one of \(PatchFormat.mediaTypes.joined(separator: ", "))")
            }
            guard let buffer = try await body.read(headers, writer: writer) else { return }
            interaction.patchFormat = format
            // Patches say `null` and `""` where resources may not.
            let written = format == .resource ? try BodyParser.format(headers.contentType) : .json
            interaction.body = .json(try bodies.parse(buffer, written, refusesEmptyValues: false), Document.root)
            return
        }
        let isForm = type == "application/x-www-form-urlencoded"
        switch interaction.route.kind {
        case .systemSearch, .typeSearch, .compartmentSearch:
            // Without a type there may only be no body at all, which a chunked request shows at its end.
            let refusal = RequestError(.unsupportedMediaType, "_search takes application/x-www-form-urlencoded")
            guard isForm || type == nil else { throw refusal }
            guard let buffer = try await body.read(headers, writer: writer) else { return }
            guard isForm else { throw refusal }
            let form = String(buffer: buffer)
            interaction.form = form
            interaction.query.items += QueryItems(parsing: form).items
            if interaction.query.hasNUL { throw RequestError(.malformed, "the form holds the character U+0000") }
        case .systemOperation where type == GraphQLQuery.contentType,
            .instanceOperation where type == GraphQLQuery.contentType:
            // The query itself, as GraphQL clients may send it (R4 graphql.html).
            guard let buffer = try await body.read(headers, writer: writer) else { return }
            var query = JSONWriter()
            query.beginObject()
            query.member("query", String(buffer: buffer))
            query.endObject()
            interaction.body = .json(try Document.parse(query.bytes), Document.root)
        case .systemOperation where takesRaw(type, interaction.route):
            var collector = try RawContentCollector(
                contentType: headers.contentType, securityContext: nil, memoryLimit: limits.inlineBinaryByteCount)
            try await body.readPieces(headers, limit: limits.bodyByteCount, writer: writer) { piece in
                try await collector.append(piece)
            }
            interaction.body = .raw(try await collector.finish())
        default:
            if interaction.binary != nil {
                interaction.body = try await readBinary(headers, &body, writer: writer)
                return
            }
            let format = try BodyParser.format(headers.contentType)
            guard let buffer = try await body.read(headers, writer: writer) else { return }
            interaction.body = .json(try bodies.parse(buffer, format), Document.root)
        }
    }

    private func takesRaw(_ type: String?, _ route: Route) -> Bool {
        guard let type, case .systemOperation(let name) = route else { return false }
        return interactions.operations.takesRaw(type, name)
    }

    /// The body of a Binary: the resource, or its content in any format, FHIR's own included, as long as it is no
    /// Binary resource (R4 binary.html#rest).
    @concurrent private func readBinary(
        _ headers: RequestHeaders, _ body: inout BodyReader, writer: borrowing ResponseWriter
    ) async throws -> InteractionRequest.Body {
        let name = headers.contentType.map { MediaType.bare($0) } ?? "json"
        var collector = try RawContentCollector(
            contentType: headers.contentType, securityContext: headers.securityContext,
            memoryLimit: limits.inlineBinaryByteCount)
        guard let format = MediaType.format(named: name) else {
            try await body.readPieces(headers, limit: limits.binaryByteCount, writer: writer) { piece in
                try await collector.append(piece)
            }
            return .raw(try await collector.finish())
        }
        guard let buffer = try await body.read(headers, writer: writer) else { return .none }
        do {
            let document = try bodies.parse(buffer, format)
            if document.hasResourceType("Binary") {
                _ = try BodyParser.format(headers.contentType)
                return .json(document, Document.root)
            }
        } catch  where name.lowercased().contains("fhir") {
            throw error
        } catch {
            // Content of one of the general types need not be FHIR, nor even well-formed.
        }
        try await collector.append(buffer)
        return .raw(try await collector.finish())
    }
}

extension Duration {
    /// Whole milliseconds and their hundredths.
    fileprivate var milliseconds: Double {
        let (seconds, attoseconds) = components
        return (Double(seconds) * 100_000 + Double(attoseconds / 10_000_000_000_000)).rounded() / 100
    }
}
