package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a settings file holds, it gives settings or a list of what is wrong with it. */
class SettingsFuzzTest {
  private static final int FILES = 2000;
  private static final List<String> KEYS = List.copyOf(SettingsLoader.schema().keys());
  private static final List<String> GROUPS = List.copyOf(SettingsLoader.schema().groups());

  private static final List<String> SCALARS =
      List.of(
          "null",
          "true",
          "1",
          "0",
          "-1",
          "64",
          "0.5",
          "1e39",
          "1e999",
          "-1e-999",
          "1e2147483648",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "99999999999999999999",
          "NaN",
          "Infinity",
          "0x10",
          "10",
          "10s",
          "1e400 s",
          "99999999999999999999d",
          "-5 minutes",
          "5MiB",
          "1e30GB",
          "auto",
          "",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\u202e\"",
          "日本",
          "ünï",
          "\"s3a://b/*.parquet\"",
          "\"foo://x\"",
          "\":\"",
          "low-rank",
          "block-dense",
          "swiglu",
          "fixed-flop",
          "cuda",
          "gpt2",
          "[]",
          "{}",
          "[null]",
          "[[1]]",
          "[{}]",
          "[1, 2]",
          "{ name = a }",
          "[{ name = a, documents = b, weight = 1 }, { name = null, weight = [] }]",
          "[{ name = s, model { layers = 2 } }]");

  private static final List<String> RIGHT =
      List.of(
          "include \"conf/ffn/low-rank-32.conf\"",
          "training { steps = 20, global-batch = 32 }",
          "training.slots-wait = 5 minutes",
          "run { dir = runs/ü, name = \"日本\" }",
          "data.documents += \"a/*.jsonl\"",
          "data.corpus = ${run.dir}/corpus",
          "model { layers = 3, ffn-dim = ${model.hidden-dim} }",
          "spark { executor.memory = 4g, \"executor.memoryOverhead\" = 1g }",
          "tokenizer.out = ${?HOME}/t.json",
          "# nothing");

  private static final List<String> INCLUDED =
      List.of(
          "\"\"",
          "\".\"",
          "\"..\"",
          "\"/\"",
          "\"\\u0000\"",
          "\"fuzz.conf\"",
          "\"conf/model/s.conf\"",
          "url(\"http://127.0.0.1:1/x.conf\")",
          "url(\"file:///etc/passwd\")",
          "file(\"/etc/passwd\")",
          "file(\"\")",
          "classpath(\"conf/ffn/dense.conf\")",
          "classpath(\"nothing\")",
          "required(\"ffn/dense.conf\")",
          "required(url(\"http://127.0.0.1:1/\"))",
          "\"http://127.0.0.1:1/x.conf\"");

  @TempDir private Path directory;

  @Test
  void everyFileGivesSettingsOrARefusal() throws IOException {
    Path file = directory.resolve("fuzz.conf");
    int valid = 0;
    for (int seed = 0; seed < FILES; seed++) {
      Random random = new Random(seed);
      String text = file(random);
      Files.writeString(file, text.replace("\ud800", "?"));
      SettingsLoader loader = new SettingsLoader();
      if (random.nextInt(3) > 0) {
        loader.file("conf/quickstart.conf").set("run.dir=r").set("data.corpus=c");
      }
      switch (random.nextInt(4)) {
        case 0 -> loader.text("fuzz", text);
        case 1 -> loader.run("fuzz", text);
        default -> loader.file(file.toString());
      }
      if (random.nextInt(4) == 0) {
        loader.set(any(KEYS, random) + "=" + value(random, 3));
      }
      List<Purpose> purposes = List.of(Purpose.values());
      valid += outcome(loader, purposes.get(random.nextInt(purposes.size())), seed, text);
    }
    // Neither are all refused, nor is everything taken.
    assertThat(valid).isBetween(FILES / 50, FILES / 2);
  }

  private static int outcome(SettingsLoader loader, Purpose purpose, int seed, String text) {
    try {
      Settings settings = loader.load(purpose);
      new SettingsLoader().run("again", settings.toHocon()).load(Purpose.SAMPLE);
      return 1;
    } catch (SettingsException refusal) {
      assertThat(refusal.getMessage()).hasSizeLessThan(50_000);
      return 0;
    } catch (RuntimeException | Error e) {
      return fail("seed %d, %s:%n%s".formatted(seed, purpose, shortened(text)), e);
    }
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(2000, text.length()));
  }

  private static String file(Random random) {
    List<String> lines = new ArrayList<>();
    int count = random.nextInt(random.nextInt(8) + 1);
    for (int i = 0; i < count; i++) {
      lines.add(line(random));
    }
    StringBuilder text = new StringBuilder(String.join("\n", lines));
    if (random.nextInt(6) == 0) {
      int at = random.nextInt(text.length() + 1);
      text.insert(
          at, any(List.of("{", "}", "[", "]", "\"", "\\", "${", "\u0000", "#", ","), random));
    }
    return text.toString();
  }

  private static String line(Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> "include " + any(INCLUDED, random);
      case 1 -> any(GROUPS, random) + " = " + value(random, 2);
      case 2 -> any(KEYS, random) + " += " + value(random, 1);
      case 3 -> any(GROUPS, random) + " { " + word(random) + " = " + value(random, 2) + " }";
      case 4 -> "spark." + word(random) + " = " + value(random, 2);
      case 5 -> word(random) + " = " + value(random, 3);
      case 6 -> bomb(random);
      case 7, 8, 9, 10 -> any(RIGHT, random);
      default -> any(KEYS, random) + " = " + value(random, 1);
    };
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(12)) {
      case 0 ->
          depth == 0 ? "1" : "[" + value(random, depth - 1) + ", " + value(random, depth - 1) + "]";
      case 1 -> depth == 0 ? "{}" : "{ " + word(random) + " = " + value(random, depth - 1) + " }";
      case 2 -> "${?" + any(KEYS, random) + "}";
      case 3 -> "${" + any(GROUPS, random) + "}";
      case 4 -> "${?" + any(KEYS, random) + "}${?PATH}" + value(random, 0);
      default -> any(SCALARS, random);
    };
  }

  private static String word(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "\"" + (char) (0xa1 + random.nextInt(0x3000)) + "\"";
      case 1 -> "a.".repeat(random.nextInt(200)) + "b";
      case 2 -> "x".repeat(1 + random.nextInt(5000));
      case 3 -> "\"a b.c\"";
      case 4 -> any(KEYS, random).substring(1);
      default -> any(KEYS, random) + ".more";
    };
  }

  /** What is small as text and large, deep or endless as a value. */
  private static String bomb(Random random) {
    int many = 50 + random.nextInt(5000);
    String key = any(KEYS, random);
    return switch (random.nextInt(6)) {
      case 0 -> key + " = " + "[".repeat(many) + "]".repeat(many);
      case 1 -> key + " = " + "{a=".repeat(many) + "1" + "}".repeat(many);
      case 2 -> "a.".repeat(many) + "a = 1";
      case 3 -> key + " = " + "9".repeat(10 * many);
      case 4 -> key + " = ${" + key + "}";
      default -> doublings(random.nextInt(40));
    };
  }

  private static String doublings(int times) {
    StringBuilder text = new StringBuilder("run.name = 0123456789\n");
    String last = "run.name";
    for (int i = 0; i < times; i++) {
      text.append("d%d = ${%s}${%s}%n".formatted(i, last, last));
      last = "d" + i;
    }
    return text.toString();
  }

  private static String any(List<String> texts, Random random) {
    return texts.get(random.nextInt(texts.size()));
  }
}
