package dev.larkspur.train.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.train.cluster.TaskSlots.StandaloneCores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a standalone cluster has no more executors to give; RecoveryIT has such a cluster. */
class StandaloneCoresTest {

  @ParameterizedTest
  @CsvSource({
    // given, free, wanted, registered, all there
    "0, 2, 100, 0, false",
    "2, 0, 100, 1, false",
    "2, 0, 100, 2, true",
    "2, 1, 100, 2, false",
    "2, 1,   2, 2, true",
    "2, 1,   2, 1, false",
  })
  void allAreThereOnceNoMoreCanBeGivenAndWhatWasGivenHasCome(
      int given, int free, int wanted, int registered, boolean expected) throws Exception {
    String page =
        """
        {"workers": [{"state": "ALIVE", "coresfree": %d}, {"state": "DEAD", "coresfree": 4}],
         "activeapps": [{"id": "app-2", "cores": 7}, {"id": "app-1", "cores": %d}],
         "status": "ALIVE"}
        """
            .formatted(free, given);
    assertThat(
            StandaloneCores.hasAll(new ObjectMapper().readTree(page), "app-1", wanted, registered))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"{}", "'{\"workers\": [], \"activeapps\": []}'"})
  void nothingIsKnownFromThePageOfAMasterThatStandsBy(String page) throws Exception {
    assertThat(StandaloneCores.hasAll(new ObjectMapper().readTree(page), "app-1", 2, 2)).isFalse();
  }
}
