import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One node of a test cluster in a process of its own, so that a test can kill it as a power cut would.
 * It ends when its standard input does.
 *
 * <p>Arguments: folder, name, HTTP port, transport port, transport ports of all nodes by commas, then
 * any settings as name=value.
 */
public final class Node {
    public static void main(String[] arguments) throws Exception {
        String[] ports = arguments[4].split(",");
        List<String> seeds = java.util.Arrays.stream(ports).map(port -> "127.0.0.1:" + port).toList();
        List<String> names = java.util.stream.IntStream.rangeClosed(1, ports.length)
            .mapToObj(number -> "node" + number).toList();
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("node.name", arguments[1]);
            settings.put("http.port", arguments[2]);
            settings.put("transport.port", arguments[3]);
            settings.put("network.host", "127.0.0.1");
            settings.putList("node.roles", "cluster_manager", "data", "ingest");
            settings.putList("discovery.seed_hosts", seeds);
            settings.putList("cluster.initial_cluster_manager_nodes", names);
            for (int at = 5; at < arguments.length; at++) {
                String[] setting = arguments[at].split("=", 2);
                settings.put(setting[0], setting[1]);
            }
        });
        runner.build(OpenSearchRunner.newConfigs()
            .basePath(arguments[0]).clusterName("khobao-tests").numOfNode(1).useLogger());
        Files.writeString(Path.of(arguments[0], "started"), arguments[2]);
        while (System.in.read() >= 0) { }
        Runtime.getRuntime().halt(0);
    }
}
