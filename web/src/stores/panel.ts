// What only the origin asks for.
export {addPerson, boot, createKey, evolve, keys, list, people, removePerson, revokeKey,
  setPassword, stats, verify} from '../api';
