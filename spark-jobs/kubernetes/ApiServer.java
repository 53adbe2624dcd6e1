import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;

/**
 * An API server of Kubernetes that stores what it is given and starts nothing, for tests, in a
 * process of its own: its libraries do not go with Spark's class path. Java runs this file as it
 * is.
 *
 * <p>{@code ApiServer DIRECTORY} says {@code READY} and its address, and {@code CREATED} with kind
 * and name of each object, which is then in {@code DIRECTORY/KIND-NAME.json}. It ends with its
 * standard input.
 */
final class ApiServer extends KubernetesCrudDispatcher {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  private ApiServer(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws Exception {
    KubernetesMockServer server =
        new KubernetesMockServer(
            new Context(),
            new MockWebServer(),
            new HashMap<>(),
            new ApiServer(Files.createDirectories(Path.of(arguments[0]))),
            false);
    server.init(InetAddress.getByName("127.0.0.1"), 0);
    System.out.println("READY http://127.0.0.1:" + server.getPort());
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(0);
  }

  @Override
  public MockResponse handleCreate(RecordedRequest request) {
    // The class above reads it, which empties it.
    byte[] body = request.getBody().getBytes();
    MockResponse response = super.handleCreate(request);
    try {
      JsonNode object = JSON.readTree(body);
      String kind = object.path("kind").asText();
      String name = object.path("metadata").path("name").asText();
      Files.writeString(directory.resolve(kind + "-" + name + ".json"), object.toPrettyString());
      System.out.println("CREATED " + kind + " " + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return response;
  }

  /** The class above knows no server-side apply, by which Spark makes what a driver needs. */
  @Override
  public MockResponse handlePatch(RecordedRequest request) {
    String type = request.getHeader("Content-Type");
    if (type == null || !type.contains("apply-patch")) {
      return super.handlePatch(request);
    }
    String path = request.getPath().replaceAll("\\?.*", "");
    if (handleGet(path).code() == 404) {
      return handleCreate(as(request, HttpMethod.POST, path.substring(0, path.lastIndexOf('/'))));
    }
    return handleUpdate(as(request, HttpMethod.PUT, path));
  }

  private static RecordedRequest as(RecordedRequest request, HttpMethod method, String path) {
    return new RecordedRequest(
        request.getHttpVersion(), method, path, request.getHeaders(), request.getBody());
  }
}
