# SPDX-License-Identifier: Apache-2.0
# A monitor client as users write them, with the module qemu.qmp: a mirror's life from its images to quit.
# Arguments: the monitor's socket and a directory. Prints one line for each step.
import asyncio
import sys

from qemu.qmp import EventListener, ExecuteError, QMPClient


async def main(socket, directory):
    client = QMPClient('client')
    listener = EventListener()
    client.register_listener(listener)
    await client.connect(socket)
    print('greeting:', sorted(client.greeting.QMP.version), client.greeting.QMP.capabilities)

    async def until(name, **data):
        while True:
            event = await listener.get()
            if event['event'] == name and data.items() <= event['data'].items():
                return event

    def file(name):
        return {'driver': 'file', 'filename': directory + '/' + name}

    for name in ('src', 'dst'):
        await client.execute('blockdev-create', {
            'job-id': 'create', 'options': {**file(name), 'size': 4 << 20}})
        await until('JOB_STATUS_CHANGE', id='create', status='concluded')
        print('created:', (await client.execute('query-jobs'))[0].get('error'))
        await client.execute('job-dismiss', {'id': 'create'})
        await client.execute('blockdev-add', {
            'driver': 'raw', 'node-name': name, 'discard': 'unmap', 'file': file(name)})
    try:
        await client.execute('blockdev-add', {'driver': 'raw', 'node-name': 'src', 'file': 'x'})
    except ExecuteError as error:
        print('refused:', error.error_class, error)
    await client.execute('blockdev-mirror', {
        'job-id': 'j', 'device': 'src', 'target': 'dst', 'sync': 'full'})
    ready = await until('BLOCK_JOB_READY')
    print('ready:', ready['data']['len'], ready['data']['offset'])
    job, = await client.execute('query-block-jobs')
    print('job:', job['device'], job['status'], job['ready'])
    nodes = await client.execute('query-named-block-nodes', {'flat': True})
    print('nodes:', len(nodes), sorted({node['drv'] for node in nodes}))
    print('exports:', await client.execute('query-block-exports'))
    print('stats:', len(await client.execute('query-blockstats', {'query-nodes': True})))
    await client.execute('job-complete', {'id': 'j'})
    await until('BLOCK_JOB_COMPLETED')
    await until('JOB_STATUS_CHANGE', id='j', status='null')
    print('jobs:', await client.execute('query-jobs'))
    await client.execute('quit')
    await client.disconnect()
    print('disconnected')


asyncio.run(main(*sys.argv[1:]))
