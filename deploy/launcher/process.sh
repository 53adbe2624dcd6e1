# Part of deploy/larkspur: the environment of the driver's process.
# Sets heap and torch_arguments.

# The allocator keeps the memory of one step for the next, and of LibTorch's two pools of threads the
# idle one sleeps: up to 2.6 times faster steps on a CPU. Executors get the same from the command.
export MALLOC_ARENA_MAX=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=8000000000
export OMP_WAIT_POLICY=passive OPENBLAS_THREAD_TIMEOUT=10
# CUDA numbers GPUs as nvidia-smi does.
export CUDA_DEVICE_ORDER=${CUDA_DEVICE_ORDER:-PCI_BUS_ID}
if [ -t 2 ]; then
  export LARKSPUR_TERMINAL=1
  columns=$(stty size <&2 2>/dev/null | cut -d ' ' -f 2) || true
  export LARKSPUR_COLUMNS=${columns:-${COLUMNS:-80}}
fi
# What native libraries print goes to standard error; a command's result goes to standard output.
exec 3>&1 1>&2
export LARKSPUR_STDOUT=$$:3
heap=${LARKSPUR_HEAP:-2g}
torch_arguments="-Dorg.bytedeco.javacpp.maxphysicalbytes=0 -Dorg.bytedeco.javacpp.maxbytes=0"
