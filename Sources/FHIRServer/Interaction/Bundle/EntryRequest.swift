import FHIRStore
import JSONTape

/// Entries as the interactions that they ask for (R4 bundle.html#Bundle.entry.request).
extension InteractionRequest {
    /// - Parameter request: the one that brought the bundle; its preferences are those of the entries, but what is
    ///   written is told in short unless asked for, because bundles are large.
    init(_ entry: BundleEntry, of request: InteractionRequest, routes: RouteParser) {
        var conditions = Conditions()
        conditions.ifMatch = entry.ifMatch
        conditions.ifNoneMatch = entry.ifNoneMatch
        conditions.ifModifiedSince = entry.ifModifiedSince
        conditions.ifNoneExist = entry.ifNoneExist
        conditions.prefer = Preference(
            return: request.conditions.prefer.return ?? .minimal, handling: request.conditions.prefer.handling)
        self.init(
            RequestMethod(rawValue: entry.method.rawValue) ?? .other,
            routes.route(relative: entry.url.prefix { $0 != "?" && $0 != "#" }),
            query: QueryItems(parsing: entry.query ?? ""), conditions: conditions, base: request.base,
            caller: request.caller)
        binaryContents = request.binaryContents
        room = request.room
        record = request.record
        if record != nil { entryLine = "\(entry.method.rawValue) \(entry.url)" }
        if let resource = entry.resource { body = .json(resource.document, resource.index) }
    }

    /// Whether this creates, updates, patches or deletes, as opposed to reads, searches and operations.
    var writesResource: Bool {
        switch route {
        case .type, .instance: !method.isRead
        default: false
        }
    }
}
