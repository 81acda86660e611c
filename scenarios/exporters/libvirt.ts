import { sriovByName } from '../../sim/hardware/index.ts';
import { vgpuGpusByName } from '../../sim/hardware/vgpu/index.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { GpuGroup, HostGroup } from '../../sim/scenario/types.ts';
import {
  chosenGroups,
  type Exporter,
  groupPath,
  header,
  isProblem,
  nothingToWrite,
  refused,
} from './exporter.ts';

/** How the parts of a GPU get to virtual machines on a Linux host. */
type Way = 'whole' | 'virtual-function' | 'mediated-device';

/**
 * For each host group a shell function that makes the parts of one GPU and prints the libvirt elements of its devices.
 * PCI addresses and ids of types are the host's own: the function asks for the address, and finds the rest in sysfs.
 *
 * @see libvirt, domain XML format, "Host device assignment": `<hostdev mode='subsystem' type='pci'>` with an address,
 * `type='mdev' model='vfio-pci'` with a UUID
 * @see Linux, Documentation/ABI/testing/sysfs-bus-pci (`sriov_numvfs`, `virtfnN`), sysfs-bus-vfio-mdev
 * (`mdev_supported_types/TYPE/name`, `create`); NVIDIA vGPU 17 on kernels with the vendor's framework: `VF/nvidia/
 * current_vgpu_type`
 */
export const libvirt: Exporter = {
  name: 'libvirt',
  description:
    'virtual functions, mediated devices and whole GPUs for virtual machines: libvirt (shell and XML)',
  settings: [],
  write(scenario, settings) {
    const groups = chosenGroups(scenario, settings);
    if (isProblem(groups)) return refused(groups);
    const notes: string[] = [];
    const blocks: {
      readonly group: string;
      readonly model: string;
      readonly way: Way;
      readonly text: string;
    }[] = [];
    let index = 0;
    for (const group of groups) {
      const path = groupPath(scenario, group);
      for (const gpu of group.gpus) {
        const way = wayOf(group, gpu);
        if (way === undefined) continue;
        notes.push(...notesOf(path, group, gpu, way));
        const name = `gpu_${index++}`;
        blocks.push({ group: group.name, model: gpu.model, way, text: block(name, group, gpu, way) });
      }
    }
    if (blocks.length === 0) return nothingToWrite('shared by passthrough, sriov, vgpu or mig-vgpu');
    const text = `#!/bin/sh\n${header(scenario, notes)}${HELP}\n${HELPERS}\n${blocks.map((each) => each.text).join('\n')}`;
    const data = blocks.map(({ group, model, way }) => ({ group, model, way }));
    return { ok: true, text, data, notes };
  },
};

const HELP = `# usage: . ./FILE; then for each GPU of a host the function of its host group, with the GPU's PCI address:
#   gpu_0 0000:41:00.0
# Run as root. Prints <hostdev> elements for the <devices> of a domain; mdev_uuid and current types are made on the host.
`;

const HELPERS = `# One <hostdev> for the PCI device at an address such as 0000:41:00.4.
pci_hostdev() {
  printf '%s\\n' "$1" | sed -n "s|^\\([0-9a-f]\\{4\\}\\):\\([0-9a-f]\\{2\\}\\):\\([0-9a-f]\\{2\\}\\)\\.\\([0-7]\\)$|<hostdev mode='subsystem' type='pci' managed='$2'><source><address domain='0x\\1' bus='0x\\2' slot='0x\\3' function='0x\\4'/></source></hostdev>|p"
}
# One <hostdev> for the mediated device of a UUID.
mdev_hostdev() {
  printf "<hostdev mode='subsystem' type='mdev' model='vfio-pci' managed='no'><source><address uuid='%s'/></source></hostdev>\\n" "$1"
}
# Makes virtual functions of the GPU at an address and prints the addresses of the first ones.
virtual_functions() {
  device=/sys/bus/pci/devices/$1
  if [ "$(cat "$device/sriov_numvfs")" != "$2" ]; then
    echo 0 > "$device/sriov_numvfs"
    echo "$2" > "$device/sriov_numvfs"
  fi
  number=0
  while [ "$number" -lt "$2" ]; do
    basename "$(readlink "$device/virtfn$number")"
    number=$((number + 1))
  done
}
# Makes mediated devices of the type named on the GPU at an address and prints their UUIDs.
mediated_devices() {
  for type in /sys/bus/pci/devices/"$1"/mdev_supported_types/*; do
    case "$(cat "$type/name")" in
      "$2" | *" $2")
        number=0
        while [ "$number" -lt "$3" ]; do
          uuid=$(cat /proc/sys/kernel/random/uuid)
          echo "$uuid" > "$type/create"
          echo "$uuid"
          number=$((number + 1))
        done
        ;;
    esac
  done
}
`;

function wayOf({ sharing }: HostGroup, { model }: GpuGroup): Way | undefined {
  switch (sharing?.mode) {
    case 'passthrough':
      return 'whole';
    case 'sriov':
      return 'virtual-function';
    case 'vgpu':
    case 'mig-vgpu':
      return hostModeOf(model) === 'mediated-device' ? 'mediated-device' : 'virtual-function';
    case 'gvt-g':
      return 'mediated-device';
    default:
      return undefined;
  }
}

function hostModeOf(model: string): string | undefined {
  const gpu = catalogueGpu(model);
  return gpu === null ? undefined : vgpuGpusByName(gpu.id)[0]?.hostVgpuMode;
}

function block(name: string, group: HostGroup, { model, count }: GpuGroup, way: Way): string {
  const { sharing } = group;
  const head = `# host group ${JSON.stringify(group.name)}, ${group.count} hosts: each of its ${count} GPUs ${JSON.stringify(model)}\n`;
  if (way === 'whole') return `${head}${name}() {\n  pci_hostdev "$1" yes\n}\n`;
  if (sharing?.mode === 'sriov') {
    return `${head}${name}() {\n  virtual_functions "$1" ${sharing.vfs} | while read -r vf; do pci_hostdev "$vf" yes; done\n}\n`;
  }
  if (way === 'mediated-device') {
    return `${head}# second: name of the type such as GRID P4-2Q or i915-GVTg_V5_4; third: how many\n${name}() {\n  mediated_devices "$1" "$2" "$3" | while read -r uuid; do mdev_hostdev "$uuid"; done\n}\n`;
  }
  return `${head}# second: id of the type (creatable_vgpu_types of a virtual function lists id and name); third: how many
${name}() {
  total=$(cat "/sys/bus/pci/devices/$1/sriov_totalvfs")
  virtual_functions "$1" "$total" | head -n "$3" | while read -r vf; do
    echo "$2" > "/sys/bus/pci/devices/$vf/nvidia/current_vgpu_type"
    pci_hostdev "$vf" no
  done
}
`;
}

function notesOf(path: string, { sharing }: HostGroup, { model }: GpuGroup, way: Way): string[] {
  const notes: string[] = [];
  if (sharing?.mode === 'sriov') {
    const record = catalogueGpu(model) === null ? undefined : sriovByName(model);
    if (record?.vendor === 'AMD') {
      notes.push(
        `${path}: the virtual functions of ${model} need the vendor's host driver (GIM), which may set their number itself`,
      );
    }
    if (sharing.scheduler !== null)
      notes.push(`${path}.sharing.scheduler: is set in the host driver, not here`);
    if (sharing.partition !== null) notes.push(`${path}.sharing.partition: is set by amd-smi, not here`);
  }
  if (sharing?.mode === 'vgpu' || sharing?.mode === 'mig-vgpu') {
    notes.push(
      `${path}: types of vGPUs are those of the export vgpu-config; their ids are the host's (${way})`,
    );
    notes.push(`${path}.sharing.scheduler: ${sharing.scheduler} is set in the host driver, not here`);
  }
  return notes;
}
