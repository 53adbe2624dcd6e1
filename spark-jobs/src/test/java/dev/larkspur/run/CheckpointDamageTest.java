package dev.larkspur.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.run.CheckpointStore.DamagedCheckpointException;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.storage.ChecksummedJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint is worth of which a file was cut, changed or taken away. */
class CheckpointDamageTest extends CheckpointFixture {
  @Test
  void withoutItsManifestACheckpointDoesNotCount() throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Files.delete(file(1, 200, "manifest.json"));
    assertThat(store.newest().orElseThrow().step()).isEqualTo(100);
  }

  @Test
  void norWithAnyBeginningOfIt() throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path manifest = file(1, 200, "manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    for (int length = 0; length < whole.length; length++) {
      Files.write(manifest, Arrays.copyOf(whole, length));
      assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step())
          .as("%d bytes", length)
          .isEqualTo(100);
    }
    assertThat(warnings).as("an interrupted writer is nothing to warn of").isEmpty();
  }

  @Test
  void anImportedRunDoesNotBeginWithOtherParameters() throws IOException {
    FirstCheckpoint.write(run, replica, 1, state(0).provenance());
    assertThat(store.newest().orElseThrow().step()).isEqualTo(0);
    Path manifest = file(1, 0, "manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    Files.write(manifest, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> store.newest())
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("was imported")
        .hasMessageContaining("import the model again");
    Path attempt = directory.resolve("attempts/00000001.json");
    byte[] begun = Files.readAllBytes(attempt);
    for (int at = 0; at < begun.length; at++) {
      byte[] changed = begun.clone();
      changed[at] ^= 4;
      Files.write(attempt, changed);
      assertThatThrownBy(() -> store.newest())
          .as("byte %d", at)
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("import");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model.safetensors", "adamw-first-moment.safetensors", "training-state.json"})
  void aFileCutAfterwardsIsReportedAndTheOneBeforeIsTaken(String name) throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path file = file(1, 200, name);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step()).isEqualTo(100);
    assertThat(warnings.remove(0)).contains(name, "bytes, not", "delete its directory");
    Files.delete(file);
    assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step()).isEqualTo(100);
    assertThat(warnings.remove(0)).contains(name, "is missing");
    Files.delete(file(1, 100, "manifest.json"));
    assertThatThrownBy(() -> store.newest())
        .as("to begin anew is not for the program to decide")
        .isInstanceOf(DamagedCheckpointException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"manifest.json", "training-state.json"})
  void anyChangedByteOfWhatIsReadFirstIsDamage(String name) throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path file = file(1, 200, name);
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= (byte) (1 << at % Byte.SIZE);
      Files.write(file, changed);
      assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step())
          .as("byte %d", at)
          .isEqualTo(100);
      assertThat(warnings.remove(0)).contains("step-00000200", "is damaged", name);
    }
    Files.write(file, whole);
    assertThat(newestQuietly().step()).isEqualTo(200);
  }

  @Test
  void aManifestThatWasCopiedOrMadeByHandIsDamage() throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path manifest = file(1, 200, "manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    Files.copy(file(1, 100, "manifest.json"), manifest, StandardCopyOption.REPLACE_EXISTING);
    assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step()).isEqualTo(100);
    assertThat(warnings.remove(0)).contains("it is that of step 100");
    for (String name : List.of("../manifest.json", "model.safetensors")) {
      Files.write(manifest, rewritten(whole, "adamw-first-moment.safetensors", name));
      assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step()).isEqualTo(100);
      assertThat(warnings.remove(0)).contains("it lists a file '" + name);
    }
  }

  private static byte[] rewritten(byte[] checksummed, String from, String to) {
    return ChecksummedJson.write(ChecksummedJson.read(checksummed).json().replace(from, to));
  }

  @Test
  void aFlippedBitOfATensorIsFoundOnLoading() throws IOException {
    save(1, 100, 2);
    Path file = file(1, 100, "model.safetensors.00002-of-00002");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 10] ^= 1;
    Files.write(file, bytes);
    CheckpointName newest = store.newest().orElseThrow().name();
    assertThatThrownBy(() -> store.loadParameters(newest, replica))
        .isInstanceOf(DamagedCheckpointException.class)
        .hasMessageContaining("model.safetensors.00002-of-00002 is damaged (its CRC-32C");
    save(2, 50, 1);
    assertThat(store.newest(Set.of(newest), warnings::add).orElseThrow().step()).isEqualTo(50);
  }

  @Test
  void anotherVersionIsNotTakenForDamage() throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path manifest = file(1, 200, "manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    byte[] later = rewritten(whole, "\"version\" : 4", "\"version\" : 5");
    // Version 3 had no checksum.
    byte[] earlier =
        ChecksummedJson.read(whole)
            .json()
            .replace("\"version\" : 4", "\"version\" : 3")
            .getBytes(StandardCharsets.UTF_8);
    for (byte[] other : List.of(later, earlier)) {
      Files.write(manifest, other);
      assertThatThrownBy(() -> store.newest())
          .isInstanceOf(SafetensorsException.class)
          .isNotInstanceOf(DamagedCheckpointException.class)
          .hasMessageContaining("is of version " + (other == later ? 5 : 3))
          .hasMessageContaining("reads version 4");
    }
  }
}
