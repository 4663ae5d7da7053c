import JSONTape

/// Requests of the links in a Bundle, as they are and with changes.
enum PageLink {
    static func request(in answer: RawAnswer, _ random: inout Randomness) -> FuzzRequest? {
        guard let document = try? Document.parse(answer.body) else { return nil }
        let links = JSONNode(document)["link"]?.items ?? []
        let wanted = random.pick(["next", "next", "next", "previous", "self", "first", "last"])
        let link = links.first { $0["relation"]?.string == wanted } ?? links.last
        guard let url = link?["url"]?.string, let start = url.firstRange(of: "/fhir") else { return nil }
        var target = Array(String(url[start.lowerBound...]).utf8)
        if random.chance(60) { tamper(&target, &random) }
        var request = FuzzRequest("")
        request.target = target
        request.kind = "page link"
        return request
    }

    private static let additions = [
        "&_count=0", "&_count=2", "&_sort=_id", "&_cursor=", "&_cursor=AAAA", "&_id=f1", "&_summary=count", "&x=y", "%",
        "&_total=accurate", "&_format=xml", "&_count=2&_count=3", "A", "=", "-",
    ]

    /// Changes a few characters, most of them in the value of the last parameter, where the position stands.
    private static func tamper(_ target: inout [UInt8], _ random: inout Randomness) {
        let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%=&,".utf8)
        guard let query = target.firstIndex(of: 0x3F), let value = target.lastIndex(of: 0x3D) else { return }
        for _ in 0..<1 + random.below(3) {
            let start = min((random.chance(80) ? value : query) + 1, target.count)
            let place = start + random.below(target.count - start)
            switch random.below(6) {
            case 0, 1: if place < target.count { target[place] = random.pick(characters) }
            case 2: if place < target.count { target.remove(at: place) }
            case 3: target.insert(random.pick(characters), at: place)
            case 4: target.removeLast(min(target.count - start, random.below(20)))
            default: target += Array(random.pick(additions).utf8)
            }
        }
    }
}
