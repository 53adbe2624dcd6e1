package dev.larkspur.train.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.master.MasterMessages.BoundPortsRequest$;
import org.apache.spark.deploy.master.MasterMessages.BoundPortsResponse;
import org.apache.spark.rpc.RpcAddress;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The cores that an application has, as the master of a standalone cluster reports them on the page
 * {@code /json/} of its web interface. Spark reports to the application only which executors have
 * started, not whether more will.
 */
final class StandaloneCores {
  private static final Logger LOG = Logger.getLogger(StandaloneCores.class.getName());
  private static final String SCHEME = "spark://";
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String application;
  private final int most;
  private final List<URI> pages;

  private StandaloneCores(String application, int most, List<URI> pages) {
    this.application = application;
    this.most = most;
    this.pages = pages;
  }

  /** An instance without masters. */
  static StandaloneCores unknown() {
    return new StandaloneCores("", 0, List.of());
  }

  /**
   * Requests the addresses of the web interfaces from the masters; empty for other kinds of
   * clusters.
   */
  static StandaloneCores of(SparkConf conf, String application) {
    List<URI> pages = new ArrayList<>();
    String master = conf.get("spark.master");
    if (master.startsWith(SCHEME)) {
      for (String address : master.substring(SCHEME.length()).split(",", -1)) {
        try {
          pages.add(page(RpcAddress.fromSparkURL(SCHEME + address)));
          // Scala code throws checked exceptions without declaring them.
        } catch (Exception unreachable) {
          LOG.log(
              Level.FINE,
              "cannot get the address of the web interface from the master",
              unreachable);
        }
      }
    }
    return new StandaloneCores(
        application, conf.getInt("spark.cores.max", Integer.MAX_VALUE), pages);
  }

  private static URI page(RpcAddress master) {
    ClassTag<BoundPortsResponse> tag = ClassTag$.MODULE$.apply(BoundPortsResponse.class);
    BoundPortsResponse ports =
        SparkEnv.get()
            .rpcEnv()
            .setupEndpointRef(master, "Master")
            .askSync(BoundPortsRequest$.MODULE$, tag);
    return URI.create("http://%s:%d/json/".formatted(master.host(), ports.webUIPort()));
  }

  /**
   * Whether no more executors are expected.
   *
   * @param registered cores of the executors that have registered
   * @return false also if no master responds
   */
  boolean hasAll(int registered) {
    for (URI page : pages) {
      try {
        if (hasAll(read(page), application, most, registered)) {
          return true;
        }
      } catch (IOException unreachable) {
        LOG.log(Level.FINE, "cannot get the allocated cores from the master", unreachable);
      }
    }
    return false;
  }

  private static JsonNode read(URI page) throws IOException {
    URLConnection connection = page.toURL().openConnection();
    connection.setConnectTimeout((int) TIMEOUT.toMillis());
    connection.setReadTimeout((int) TIMEOUT.toMillis());
    try (InputStream in = connection.getInputStream()) {
      return JSON.readTree(in);
    }
  }

  /**
   * Whether no more executors are expected, according to a master's page.
   *
   * @param most most cores that the application requests
   */
  static boolean hasAll(JsonNode page, String application, int most, int registered) {
    int free = 0;
    for (JsonNode worker : page.path("workers")) {
      free += worker.path("state").asText().equals("ALIVE") ? worker.path("coresfree").asInt() : 0;
    }
    for (JsonNode running : page.path("activeapps")) {
      if (running.path("id").asText().equals(application)) {
        int allocated = running.path("cores").asInt();
        return allocated > 0 && registered >= allocated && (free == 0 || allocated >= most);
      }
    }
    return false;
  }
}
