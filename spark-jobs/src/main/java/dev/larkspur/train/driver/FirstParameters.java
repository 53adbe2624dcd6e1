package dev.larkspur.train.driver;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.FirstCheckpoint;
import dev.larkspur.run.JarVersion;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.settings.Settings;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * Parameters that a run starts from instead of random ones.
 *
 * @param count number of parameters
 * @param sha256 of the parameters as little-endian 32-bit floats, in the order of the table
 */
public record FirstParameters(long count, String sha256) {
  private static final int CHUNK = 1 << 16;

  /**
   * Writes them as a checkpoint of step 0, with zero moments.
   *
   * @param settings of the run
   * @param parameters sets those of a replica, without guides
   */
  public static FirstParameters write(
      RunDirectory run, Settings settings, ModelConfig model, Consumer<Replica> parameters) {
    Engine engine = Engines.named(settings.training().compute().engine());
    Device cpu = Device.cpu(Runtime.getRuntime().availableProcessors());
    try (Replica replica =
        engine.replica(
            model, cpu, settings.training().compute().precision(), settings.training().adamW())) {
      parameters.accept(replica);
      FirstCheckpoint.write(run, replica, settings.run().seed(), provenance(settings, engine));
      return of(replica.parameters());
    }
  }

  private static Provenance provenance(Settings settings, Engine engine) {
    return new Provenance(
        settings.toHocon(),
        "",
        1,
        JarVersion.number(),
        engine.name() + " " + engine.version(),
        "none",
        Runtime.version().toString());
  }

  private static FirstParameters of(FlatVector parameters) {
    MessageDigest digest = sha256Digest();
    FloatBuffer values = FloatBuffer.allocate(CHUNK);
    for (long done = 0; done < parameters.length(); done += values.limit()) {
      values.clear().limit((int) Math.min(CHUNK, parameters.length() - done));
      parameters.read(done, values.duplicate());
      ByteBuffer bytes =
          ByteBuffer.allocate(values.limit() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values.duplicate());
      digest.update(bytes);
    }
    return new FirstParameters(parameters.length(), HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /**
   * Where they came from, as JSON.
   *
   * @param model place of the model
   * @param kind what is there
   * @param tokenizer the model's
   */
  String json(String model, String kind, TokenizerIdentity tokenizer) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", model)
        .put("kind", kind)
        .put("parameters", count)
        .put("parametersSha256", sha256)
        .put("tokenizerSha256", tokenizer.sha256())
        .put("larkspur", JarVersion.number());
    return json.toPrettyString() + "\n";
  }
}
