package dev.larkspur.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.doctor.Rate.Quantity;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRatesTest {
  @TempDir private Path directory;

  @Test
  void aDirectoryThatWasMissingIsRemovedAgain() {
    Path missing = directory.resolve("missing");
    List<Rate> rates = FileRates.ofStorage(missing.toUri().toString(), new Configuration());

    assertThat(rates)
        .extracting(Rate::quantity)
        .containsExactly(Quantity.STORE_WRITE, Quantity.STORE_READ);
    assertThat(rates).allSatisfy(rate -> assertThat(rate.perSecond()).isPositive());
    assertThat(missing).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere://a/b", "file:///dev/null/a", "a:b"})
  void aStorageThatCannotBeUsedHasTheReason(String uri) {
    List<Rate> rates = FileRates.ofStorage(uri, new Configuration());

    assertThat(rates).hasSize(1);
    assertThat(rates.get(0).failure()).isNotBlank();
  }
}
