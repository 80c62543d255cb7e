#!/usr/bin/env python3
"""Rebuilds fixtures/reference/latency from the public repositories that its README names.

    python3 .dev/latency/rebuild-reference.py --neusight DIR --aiconfigurator DIR --vidur DIR --timm DIR

Each DIR is a checkout or a bare git directory; what is not given is left as it is. Needs pandas, pyarrow and node.
Samples are drawn with a fixed seed, so that the same repositories give the same files.
"""
import argparse, io, json, os, re, subprocess, tempfile
import pandas as pd

SEED = 13


class Repository:
    def __init__(self, root):
        self.root = root
        self.names = None

    def list(self, prefix):
        if self.names is None:
            if os.path.isdir(os.path.join(self.root, 'refs')):
                text = subprocess.check_output(['git', f'--git-dir={self.root}', 'ls-tree', '-r', '-z', '--name-only', 'HEAD'])
                self.names = text.decode().split('\0')
            else:
                self.names = [os.path.relpath(os.path.join(at, f), self.root) for at, _, fs in os.walk(self.root) for f in fs]
        return sorted(name for name in self.names if name.startswith(prefix))

    def read(self, path):
        full = os.path.join(self.root, path)
        if os.path.exists(full):
            with open(full, 'rb') as file:
                return file.read()
        return subprocess.check_output(['git', f'--git-dir={self.root}', 'show', f'HEAD:{path}'])


def write(folder, name, table):
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, f'{os.path.basename(name)}.csv')
        table.to_csv(path, index=False, lineterminator='\n')
        tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../add-reference.js')
        subprocess.check_call(['node', tool, path, os.path.join(folder, os.path.dirname(name))])
    print(f'{name}: {len(table)} rows')


def sample(table, by, size):
    parts = [part.sample(min(size, len(part)), random_state=SEED) for _, part in table.groupby(by, sort=True)]
    return pd.concat(parts).sort_index()


def micros(milliseconds):
    return (milliseconds * 1000).map(lambda value: float(f'{value:.5g}'))


NEUSIGHT_DEVICES = {
    'Tesla P4': 'p4', 'Tesla P100-PCIE-16GB': 'p100-pcie-16', 'Tesla V100-PCIE-32GB': 'v100-pcie-32', 'Tesla T4': 't4',
    'NVIDIA A100-PCIE-40GB': 'a100-pcie-40', 'NVIDIA A100 80GB PCIe': 'a100-pcie-80', 'NVIDIA L4': 'l4',
    'NVIDIA H100 80GB HBM3': 'h100-sxm', 'AMD Instinct MI100': 'mi100', 'AMD Instinct MI210': 'mi210', 'AMD Instinct MI250': 'mi250',
}


def neusight(repository, output):
    rows, hosts = [], []
    for mark in ('dataset/train', 'dataset_amd/train'):
        for path in repository.list(f'scripts/asplos/data/{mark}/collect/'):
            match = re.search(r'collect/(\w+)/p[\d.]+/(.+)\.csv$', path)
            if match is None:
                continue
            op, device = match[1], NEUSIGHT_DEVICES[match[2]]
            try:
                table = pd.read_csv(io.BytesIO(repository.read(path)))
            except subprocess.CalledProcessError:
                print(f'left out, too large for the copy: {path}')
                continue
            if op not in ('linear', 'bmm', 'conv'):
                hosts.append((device, op, float(table.Latency.min())))
            # A call's time on the host hides what is shorter: only what takes thrice the least is the device's.
            table = table[table.Latency > 3 * table.Latency.min()]
            size = 500 if op in ('linear', 'bmm', 'conv') else 60
            table = table.sample(min(size, len(table)), random_state=SEED).sort_index()
            for row in table.itertuples():
                if op == 'conv':
                    shape = [row.B, row.Input_Channel, row.Output_Channel, row.Kernel_Szie, row.Input_Size, row.Stride, row.Padding]
                elif op in ('linear', 'bmm'):
                    shape = [row.B, row.M, row.N, row.K]
                else:
                    shape = [row.B, row.H]
                rows.append((device, op, 'x'.join(str(int(size)) for size in shape), float(row.Latency)))
    table = pd.DataFrame(rows, columns=['device', 'op', 'shape', 'microseconds'])
    table['microseconds'] = micros(table.microseconds)
    write(output, 'neusight-ops', table)
    table = pd.DataFrame(hosts, columns=['device', 'op', 'microseconds'])
    table['microseconds'] = micros(table.microseconds)
    write(output, 'neusight-hosts', table)

    rows = []
    for path in repository.list('scripts/asplos/label/'):
        match = re.search(r'label/(\w[^/]*)/(\w+)-inf-(\d+)-(\d+)(-fusion)?\.json$', path)
        if match is None or match[2].startswith('switch'):
            continue
        folder, model, sequence, batch, fusion = match.groups()
        device = NEUSIGHT_DEVICES[folder.replace('_', ' ')] if folder.replace('_', ' ') in NEUSIGHT_DEVICES else None
        if device is None:
            continue
        measured = json.loads(repository.read(path))['e2e_latency']
        published = {}
        for predictor in ('neusight', 'roofline', 'habitat', 'micro'):
            name = f'scripts/asplos/results/prediction/{folder}/{predictor}/{model}-inf-{sequence}-{batch}{fusion or ""}.json'
            if name in repository.list(name):
                published[predictor] = json.loads(repository.read(name)).get('e2e_latency')
        rows.append((device, model, int(sequence), int(batch), int(fusion is not None), measured, *(published.get(p) for p in ('neusight', 'roofline', 'habitat', 'micro'))))
    columns = ['device', 'model', 'sequence', 'batch', 'compiled', 'milliseconds', 'neusight', 'roofline', 'habitat', 'micro']
    write(output, 'neusight-models', pd.DataFrame(rows, columns=columns))


AIC_DEVICES = {
    'a100_sxm': 'a100-sxm-80', 'h100_sxm': 'h100-sxm', 'h200_sxm': 'h200-sxm', 'b200_sxm': 'b200-sxm', 'gb200': 'gb200',
    'l40s': 'l40s', 'rtx_pro_6000_server': 'rtx-pro-6000-server',
}
AIC_DTYPES = {'bfloat16': 'bfloat16', 'fp8': 'float8', 'fp8_static': 'float8-static', 'int8_wo': 'int8-weights', 'sq': 'int8'}


def newest(paths):
    return max(paths, key=lambda path: [int(part) for part in re.findall(r'\d+', path.split('/')[-2])])


def aiconfigurator(repository, output):
    root = 'aic-core/src/aiconfigurator_core/systems/data/'
    products, attentions = [], []
    for folder, device in AIC_DEVICES.items():
        for framework in ('vllm', 'trtllm', 'sglang'):
            paths = [p for p in repository.list(f'{root}{folder}/gemm/{framework}/') if p.endswith('gemm_perf.parquet')]
            if paths:
                table = pd.read_parquet(io.BytesIO(repository.read(newest(paths))))
                table = table[table.gemm_dtype.isin(AIC_DTYPES) & (table.latency > 0)]
                table['dtype'] = table.gemm_dtype.map(AIC_DTYPES)
                table = table.drop_duplicates(['dtype', 'm', 'n', 'k'])
                table['size'] = pd.cut(table.m, [0, 4, 16, 64, 256, 1024, 4096, 1 << 30], labels=False)
                table = sample(table, ['dtype', 'size'], 50)
                table['device'] = device
                table['framework'] = framework
                products.append(table[['device', 'framework', 'dtype', 'm', 'n', 'k', 'latency']])
            for kind in ('context', 'generation'):
                paths = [p for p in repository.list(f'{root}{folder}/attention/{framework}/') if p.endswith(f'{kind}_attention_perf.parquet')]
                if not paths:
                    continue
                table = pd.read_parquet(io.BytesIO(repository.read(newest(paths))))
                table = table[(table.attn_dtype == 'bfloat16') & (table.kv_cache_dtype == 'bfloat16') & (table.latency > 0)]
                if 'window_size' in table:
                    table = table[table.window_size <= 0]
                table = table.drop_duplicates(['batch_size', 'isl', 'num_heads', 'num_key_value_heads', 'head_dim', 'step'])
                table = table.sample(min(250, len(table)), random_state=SEED).sort_index()
                table['device'] = device
                table['framework'], table['kind'] = framework, kind
                attentions.append(table[['device', 'framework', 'kind', 'batch_size', 'isl', 'step', 'num_heads', 'num_key_value_heads', 'head_dim', 'latency']])
    for name, parts in (('aiconfigurator-products', products), ('aiconfigurator-attention', attentions)):
        table = pd.concat(parts).rename(columns={'latency': 'microseconds'})
        table['microseconds'] = micros(table.microseconds)
        write(output, name, table)


VIDUR_DEVICES = {'a100': 'a100-sxm-80', 'a40': 'a40', 'h100': 'h100-sxm'}


def vidur(repository, output):
    rows = set()
    for folder, device in VIDUR_DEVICES.items():
        for path in repository.list(f'data/profiling/compute/{folder}/'):
            if not path.endswith('mlp.csv'):
                continue
            table = pd.read_csv(io.BytesIO(repository.read(path)))
            table = table.sample(min(120, len(table)), random_state=SEED)
            for row in table.to_dict('records'):
                parts, width, inner = row['num_tensor_parallel_workers'], row['n_embd'], row['n_expanded_embd']
                head = width // row['n_head']
                attention = (row['n_head'] + 2 * max(row['n_kv_head'], parts)) * head
                up = inner * (2 if row['use_gated_mlp'] else 1)
                for op, n, k in (
                    ('attn_pre_proj', attention // parts, width), ('attn_post_proj', width, width // parts),
                    ('mlp_up_proj', up // parts, width), ('mlp_down_proj', width, inner // parts),
                ):
                    time = row.get(f'time_stats.{op}.median')
                    if time and time == time:
                        rows.add((device, 'linear', f"{int(row['num_tokens'])}x{int(n)}x{int(k)}", round(1000 * time, 2)))
    table = pd.DataFrame(sorted(rows), columns=['device', 'op', 'shape', 'microseconds'])
    write(output, 'vidur-products', table.sample(min(3000, len(table)), random_state=SEED).sort_index())


TIMM_COLUMNS = ['model', 'infer_samples_per_sec', 'infer_step_time', 'infer_batch_size', 'infer_img_size', 'infer_gmacs', 'infer_macts', 'param_count']


def timm(repository, output):
    for path in repository.list('results/benchmark-infer-'):
        if not re.search(r'pt2(40|91)', path):
            continue
        table = pd.read_csv(io.BytesIO(repository.read(path)))
        write(output, f'timm/{os.path.basename(path)[:-4]}', table[[name for name in TIMM_COLUMNS if name in table]])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    builders = {'neusight': neusight, 'aiconfigurator': aiconfigurator, 'vidur': vidur, 'timm': timm}
    for name in builders:
        parser.add_argument(f'--{name}')
    options = parser.parse_args()
    for name, build in builders.items():
        if getattr(options, name):
            build(Repository(getattr(options, name)), 'latency')


main()
