package dev.larkspur.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.SkippedBatches;
import dev.larkspur.run.TrainingState.Skips;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupedJsonTest {
  private static final String STATE =
      "{\"step\":7,\"tokens\":70,\"seed\":3,\"trainingLoss\":null,\"skippedUpdates\":4,"
          + "\"skippedInRow\":2,\"passedOver\":[{\"from\":3,\"to\":5}],\"recentLosses\":[2.5],"
          + "\"exchange\":{\"threshold\":1.1E-4},"
          + "\"provenance\":{\"config\":\"\",\"corpusFingerprint\":\"abc\",\"workers\":2,"
          + "\"larkspur\":\"1\",\"engine\":\"e\",\"spark\":\"4\",\"java\":\"17\"}}";

  @Test
  void groupsLieInTheObjectOfTheirRecord() throws Exception {
    TrainingState state =
        new TrainingState(
            7,
            70,
            3,
            Double.NaN,
            new Skips(4, 2, List.of(new SkippedBatches(3, 5)), List.of(2.5)),
            Map.of("threshold", 1.1e-4),
            new Provenance("", "abc", 2, "1", "e", "4", "17"));
    assertThat(Json.write(state)).hasToString(STATE);
    assertThat(Json.read(STATE.getBytes(StandardCharsets.UTF_8), TrainingState.class))
        .isEqualTo(state);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"step\":7", "{\"unknown\":7}", "7"})
  void whatIsNotThatObjectIsRefused(String json) {
    assertThatThrownBy(() -> Json.read(json.getBytes(StandardCharsets.UTF_8), TrainingState.class))
        .isInstanceOf(JsonProcessingException.class);
  }
}
