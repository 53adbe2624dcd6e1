package dev.larkspur.train.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** How many executors there will be; RecoveryIT has a cluster. */
class TaskSlotsTest {

  @Test
  void knowsTheNumberOfExecutorsWhereItIsFixed() {
    SparkConf conf = new SparkConf(false).setMaster("yarn");
    assertThat(TaskSlots.requestedExecutors(conf)).isEmpty();
    conf.set("spark.executor.instances", "5");
    assertThat(TaskSlots.requestedExecutors(conf)).hasValue(5);
    conf.set("spark.dynamicAllocation.enabled", "true");
    assertThat(TaskSlots.requestedExecutors(conf)).isEmpty();
    conf.setMaster("local-cluster[3, 1, 512]");
    assertThat(TaskSlots.requestedExecutors(conf)).hasValue(3);
  }
}
