package dev.larkspur.train.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.train.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.master.MasterMessages.BoundPortsRequest$;
import org.apache.spark.deploy.master.MasterMessages.BoundPortsResponse;
import org.apache.spark.resource.ResourceProfile$;
import org.apache.spark.rpc.RpcAddress;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * How many tasks the cluster can run at the same time, by CPUs and GPUs of the executors that have
 * registered.
 */
final class TaskSlots {
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Ten seconds: on a busy cluster executors start seconds apart. */
  private static final int UNCHANGED = 20;

  private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,.*");

  private TaskSlots() {}

  /**
   * Waits for executors until the cluster has the requested slots. If all slots are requested,
   * waits until the configured number of executors has registered, or a standalone cluster has no
   * more cores or, if neither is known, until no more executors register.
   *
   * @param longest maximum time to wait
   * @return the current slots, possibly too few
   */
  static int await(JavaSparkContext spark, OptionalInt requestedSlots, Duration longest) {
    SparkConf conf = spark.getConf();
    int slots = now(spark, conf);
    if (conf.get("spark.master").matches("local(\\[.*)?")) {
      return slots;
    }
    OptionalInt requested = requestedExecutors(conf);
    StandaloneCores cores =
        requestedSlots.isEmpty() && requested.isEmpty()
            ? StandaloneCores.of(conf, spark.sc().applicationId())
            : StandaloneCores.unknown();
    int cpusPerTask = conf.getInt("spark.task.cpus", 1);
    long deadline = System.nanoTime() + longest.toNanos();
    int unchanged = 0;
    while (System.nanoTime() < deadline
        && (requestedSlots.isPresent()
            ? slots < requestedSlots.getAsInt()
            : requested.isPresent()
                ? executors(spark) < requested.getAsInt()
                : slots == 0 || (unchanged < UNCHANGED && !cores.hasAll(slots * cpusPerTask)))) {
      pause();
      int before = slots;
      slots = now(spark, conf);
      unchanged = slots == before ? unchanged + 1 : 0;
    }
    return now(spark, conf);
  }

  /** Executors that Spark starts, if the settings fix their number. */
  static OptionalInt requestedExecutors(SparkConf conf) {
    Matcher localCluster = LOCAL_CLUSTER.matcher(conf.get("spark.master"));
    if (localCluster.matches()) {
      return OptionalInt.of(Integer.parseInt(localCluster.group(1)));
    }
    boolean fixed =
        conf.contains("spark.executor.instances")
            && !conf.getBoolean("spark.dynamicAllocation.enabled", false);
    return fixed ? OptionalInt.of(conf.getInt("spark.executor.instances", 0)) : OptionalInt.empty();
  }

  private static int executors(JavaSparkContext spark) {
    // The driver is listed among them.
    return spark.sc().statusTracker().getExecutorInfos().length - 1;
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrainingException("interrupted while waiting for executors", e);
    }
  }

  private static int now(JavaSparkContext spark, SparkConf conf) {
    return spark
        .sc()
        .maxNumConcurrentTasks(ResourceProfile$.MODULE$.getOrCreateDefaultProfile(conf));
  }

  /**
   * The cores that an application has, as the master of a standalone cluster reports them on the
   * page {@code /json/} of its web interface. Spark reports to the application only which executors
   * have started, not whether more will.
   */
  static final class StandaloneCores {
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
        free +=
            worker.path("state").asText().equals("ALIVE") ? worker.path("coresfree").asInt() : 0;
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
}
