// node-llama-cpp's binaries for ARM declare x64 as well, so an x64 machine would download 20 MB that it never loads.
const cpuOf = { '@node-llama-cpp/linux-arm64': ['arm64'], '@node-llama-cpp/linux-armv7l': ['arm'] };

module.exports = {
  hooks: { readPackage: (pkg) => (cpuOf[pkg.name] ? { ...pkg, cpu: cpuOf[pkg.name] } : pkg) },
};
