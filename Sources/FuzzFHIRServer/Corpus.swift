import FHIRDefinitions
import Foundation

/// What is stored before the first request: resources of every type, which refer to one another.
struct Corpus {
    /// `f0`, `f1`, … of every type.
    static let idCount = 3
    private static let bundleEntryCount = 60
    /// How often a resource that the server finds invalid is made anew.
    private static let attemptCount = 12

    let run: FuzzRun

    /// Stores them; the number of findings.
    func store() -> Int {
        let definitions = FHIRDefinitions.r4
        let wanted = (0..<Self.idCount).flatMap { id in definitions.resourceTypes.map { (type: $0, id: "f\(id)") } }
        var missing = Array(wanted.indices)
        var findingCount = 0
        for attempt in 0..<Self.attemptCount where !missing.isEmpty {
            var refused: [Int] = []
            for start in stride(from: 0, to: missing.count, by: Self.bundleEntryCount) {
                let chunk = missing[start..<min(start + Self.bundleEntryCount, missing.count)]
                let entries = chunk.map { position in
                    let index = attempt * wanted.count + position
                    var maker = ResourceMaker(
                        definitions: definitions, random: Randomness(seed: run.seed &+ 1, index: index))
                    let (type, id) = wanted[position]
                    let resource = String(decoding: maker.resource(type, id: id), as: UTF8.self)
                    let url = "\(definitions.name(of: type))/\(id)"
                    return #"{"resource":\#(resource),"request":{"method":"PUT","url":"\#(url)"}}"#
                }
                let stored = send(entries, &findingCount)
                refused += zip(chunk, stored).filter { !$0.1 }.map(\.0)
            }
            missing = refused
        }
        Report.line("\(wanted.count - missing.count) of \(wanted.count) resources stored")
        return findingCount
    }

    /// Sends one batch; whether each of its entries was stored.
    private func send(_ entries: [String], _ findingCount: inout Int) -> [Bool] {
        var request = FuzzRequest("POST", "/fhir")
        request.add("Content-Type", "application/fhir+json")
        request.body = Array(
            #"{"resourceType":"Bundle","type":"batch","entry":[\#(entries.joined(separator: ","))]}"#.utf8)
        let exchange = run.exchange(request, run.connection())
        if let fault = exchange.fault {
            Report.line("finding before the first request of seed \(run.seed): \(fault)")
            findingCount += 1
        }
        let answer = String(decoding: exchange.answer?.body ?? [], as: UTF8.self)
        let stored = answer.components(separatedBy: #""response":{"#).dropFirst().map { response in
            response.prefix(400).contains(#""status":"20"#)
        }
        return entries.indices.map { $0 < stored.count && stored[$0] }
    }
}
