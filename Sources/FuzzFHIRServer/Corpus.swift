import FHIRDefinitions

/// What is stored before the first request: resources of every type, which refer to one another.
struct Corpus {
    /// `f0`, `f1`, … of every type.
    static let idCount = 3
    private static let bundleEntryCount = 60

    let run: FuzzRun

    /// Stores them; the number of findings.
    func store() -> Int {
        let definitions = FHIRDefinitions.r4
        let wanted = (0..<Self.idCount).flatMap { id in definitions.resourceTypes.map { (type: $0, id: "f\(id)") } }
        let connection = run.connection()
        var storedCount = 0
        var findingCount = 0
        for start in stride(from: 0, to: wanted.count, by: Self.bundleEntryCount) {
            let entries = wanted[start..<min(start + Self.bundleEntryCount, wanted.count)].enumerated().map {
                offset, entry in
                var maker = ResourceMaker(
                    definitions: definitions, random: Randomness(seed: run.seed &+ 1, index: start + offset))
                let resource = String(decoding: maker.resource(entry.type, id: entry.id), as: UTF8.self)
                let url = "\(definitions.name(of: entry.type))/\(entry.id)"
                return #"{"resource":\#(resource),"request":{"method":"PUT","url":"\#(url)"}}"#
            }
            var request = FuzzRequest("POST", "/fhir")
            request.add("Content-Type", "application/fhir+json")
            request.body = Array(
                #"{"resourceType":"Bundle","type":"batch","entry":[\#(entries.joined(separator: ","))]}"#.utf8)
            let exchange = run.exchange(request, connection)
            let answer = String(decoding: exchange.answer?.body ?? [], as: UTF8.self)
            storedCount += answer.split(separator: "\"status\":\"20").count - 1
            if let fault = exchange.fault {
                Report.line("finding before the first request of seed \(run.seed): \(fault)")
                findingCount += 1
            }
        }
        Report.line("\(storedCount) of \(wanted.count) resources stored")
        return findingCount
    }
}
