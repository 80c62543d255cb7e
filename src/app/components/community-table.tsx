import rows from 'archmeter:community';

/** Which device prefers which block: what readers sent. */
export function CommunityTable() {
  return (
    <section class="community" aria-labelledby="community-title">
      <h2 id="community-title">Which device prefers which block</h2>
      {rows.length === 0 ? (
        <p class="muted">
          Nobody has sent a measurement yet. Time the paper’s matched blocks on your GPU, then choose{' '}
          <em>Add to the table of devices</em>.
        </p>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Device</th>
                <th scope="col">Blocks, fastest first: times that of the fastest</th>
                <th scope="col">Not told apart below</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ group, device, runtime, batch, date, blocks, floor }) => (
                <tr key={`${group} ${device} ${runtime} ${date}`}>
                  <th scope="row">
                    {device}
                    <small>{`${runtime}, batch ${batch}, ${date}; ${group}`}</small>
                  </th>
                  <td>{blocks.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}×`).join(', ')}</td>
                  <td>{`${floor.toFixed(3)}×`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
