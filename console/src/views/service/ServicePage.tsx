import type { ServiceSection } from '../../state/route';
import { formatRoute } from '../../state/route';
import { may } from '../actions';
import { Addresses } from './Addresses';
import { Audit } from './Audit';
import { Certificates } from './Certificates';
import { Users } from './Users';
import { Versions } from './Versions';

const SECTIONS: { value: ServiceSection; label: string; engineer: boolean }[] = [
  { value: 'addresses', label: 'Addresses', engineer: false },
  { value: 'certificates', label: 'Certificates', engineer: false },
  { value: 'users', label: 'Users', engineer: true },
  { value: 'audit', label: 'Audit', engineer: true },
  { value: 'versions', label: 'Saved Versions', engineer: true },
];

/** What belongs to no pair: addresses, certificates, people. */
export function ServicePage({ section }: { section: ServiceSection }) {
  const shown = SECTIONS.filter((each) => !each.engineer || may('engineer'));
  const here = shown.find((each) => each.value === section) ?? shown[0]!;
  return (
    <>
      <div className="pairhead">
        <h1>Service</h1>
      </div>
      <nav className="tabs" aria-label="Parts of the service">
        {shown.map((each) => (
          <a key={each.value} className="tab" href={formatRoute({ page: 'service', section: each.value })} aria-current={each === here ? 'page' : undefined}>
            {each.label}
          </a>
        ))}
      </nav>
      <div className="page" data-help="the-service">
        {here.value === 'addresses' && <Addresses />}
        {here.value === 'certificates' && <Certificates />}
        {here.value === 'users' && <Users />}
        {here.value === 'audit' && <Audit />}
        {here.value === 'versions' && <Versions />}
      </div>
    </>
  );
}
