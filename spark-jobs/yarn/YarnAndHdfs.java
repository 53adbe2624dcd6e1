import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * HDFS and YARN with one node each, for tests, in a process of their own: Hadoop's servers do not go
 * with Spark's class path. Java runs this file as it is.
 *
 * <p>{@code YarnAndHdfs DIRECTORY} writes what clients need to {@code DIRECTORY/conf}, says {@code
 * READY}, and ends with its standard input.
 */
final class YarnAndHdfs {
  private static final String HERE = "127.0.0.1";

  private YarnAndHdfs() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]).toAbsolutePath();
    Path conf = Files.createDirectories(directory.resolve("conf"));
    System.setProperty("test.build.data", directory.resolve("data").toString());

    Configuration hdfs = new HdfsConfiguration();
    hdfs.set("hdfs.minidfs.basedir", directory.resolve("hdfs").toString());
    hdfs.set("dfs.datanode.hostname", HERE);
    MiniDFSCluster files = new MiniDFSCluster.Builder(hdfs).numDataNodes(1).build();
    files.waitActive();
    String root = files.getFileSystem().getUri().toString();

    YarnConfiguration yarn = new YarnConfiguration();
    yarn.set("fs.defaultFS", root);
    yarn.setInt("yarn.nodemanager.resource.memory-mb", 8192);
    yarn.setInt("yarn.nodemanager.resource.cpu-vcores", 4);
    yarn.setInt("yarn.scheduler.minimum-allocation-mb", 256);
    yarn.setInt("yarn.scheduler.maximum-allocation-mb", 8192);
    // Containers that take more memory than they asked for are killed, as on a real cluster.
    yarn.setBoolean("yarn.nodemanager.pmem-check-enabled", true);
    yarn.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
    yarn.set(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99.9");
    yarn.set("yarn.application.classpath", "");
    yarn.set("yarn.scheduler.capacity.maximum-am-resource-percent", "0.8");
    yarn.set("yarn.scheduler.capacity.root.queues", "default");
    yarn.set("yarn.scheduler.capacity.root.default.capacity", "100");
    MiniYARNCluster cluster = new MiniYARNCluster("larkspur", 1, 1, 1);
    cluster.init(yarn);
    cluster.start();
    cluster.waitForNodeManagersToConnect(60_000);

    Configuration core = new Configuration(false);
    core.set("fs.defaultFS", root);
    write(core, conf.resolve("core-site.xml"));
    Configuration replication = new Configuration(false);
    replication.set("dfs.replication", "1");
    write(replication, conf.resolve("hdfs-site.xml"));
    Configuration client = new Configuration(cluster.getConfig());
    client.set("fs.defaultFS", root);
    write(client, conf.resolve("yarn-site.xml"));
    System.out.println("READY");

    while (System.in.read() >= 0) {
      // Until whoever started this ends it, or has died.
    }
    cluster.stop();
    files.shutdown();
    System.exit(0);
  }

  private static void write(Configuration configuration, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      configuration.writeXml(out);
    }
  }
}
