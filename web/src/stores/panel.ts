// What only the origin asks for.
export {addPerson, createKey, evolve, keys, list, people, removePerson, revokeKey, setPassword, stats,
  verify} from '../api';
