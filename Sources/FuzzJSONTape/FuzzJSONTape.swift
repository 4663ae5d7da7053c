import Foundation
import JSONTape

// Two ways to run the same check: alone with its own mutations (`FuzzJSONTape --seconds N [--seed S]`), or under
// libFuzzer, compiled with -D LIBFUZZER and -sanitize=fuzzer, which brings its own main.

#if LIBFUZZER
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        if let failure = JSONTapeCheck.failure(of: bytes) { fatalError(failure) }
        return 0
    }
#else
    @main
    struct FuzzJSONTape {
        static func main() {
            let seconds = option("--seconds").flatMap(Double.init) ?? 10
            let seed = option("--seed").flatMap(UInt64.init) ?? 1
            var mutator = Mutator(seed: seed)
            let end = Date(timeIntervalSinceNow: seconds)
            var inputs = 0
            var failures = 0
            while Date() < end, failures < 20 {
                for _ in 0..<1000 {
                    let bytes = mutator.input()
                    inputs += 1
                    guard let failure = JSONTapeCheck.failure(of: bytes) else { continue }
                    failures += 1
                    print("\(failure): \(String(reflecting: String(decoding: bytes, as: UTF8.self))) \(bytes)")
                }
            }
            print("\(inputs) inputs from seed \(seed), \(failures) failures")
            exit(failures == 0 ? 0 : 1)
        }

        private static func option(_ name: String) -> String? {
            let arguments = CommandLine.arguments
            guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
            return arguments[index + 1]
        }
    }
#endif
