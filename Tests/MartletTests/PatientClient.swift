import MLLPServer

extension MLLPClient {
    /// For a server on this machine, with time enough where hundreds of tests share two cores.
    static func patient(port: Int) -> MLLPClient {
        var configuration = Configuration(host: "127.0.0.1", port: port)
        configuration.connectTimeoutSeconds = 240
        configuration.answerTimeoutSeconds = 240
        return MLLPClient(configuration)
    }
}
